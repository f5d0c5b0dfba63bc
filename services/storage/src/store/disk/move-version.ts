import { volumeLayout } from '@goldkeep/volume'
import type { MoveCommand } from '../version-commands.js'
import type { StoredVersion } from '../version-store.js'
import { carryOut } from './carry-out.js'
import type { CommandPlans } from './command-records.js'
import { makeDirectory } from './directories.js'
import { requireLive } from './find-held.js'
import { forgetUpload } from './forget-upload.js'
import { refusePrimary, requireSameImage } from './image-documents.js'
import { linkPrimary, linkRestored } from './publish-image.js'
import { isRelocated, relocate, requireFree, syncRelocated } from './relocate.js'
import type { VolumeContents } from './volume-contents.js'

const layout = volumeLayout('')

/** Gives a version to another image, by one rename. See VersionStore.move. */
export function moveVersion(volume: VolumeContents, command: MoveCommand): Promise<StoredVersion> {
  return carryOut(volume, 'move', command, {
    plan: () => planMove(volume, command),
    run: (plan) => runMove(volume, command, plan),
  })
}

async function planMove(
  volume: VolumeContents,
  { versionId, imageId, imageUid }: MoveCommand,
): Promise<CommandPlans['move']> {
  const { root } = volume
  const { imageId: from } = requireLive(volume, versionId)
  await requireSameImage(root, { imageId, imageUid })
  if (from !== imageId) {
    await refusePrimary(root, from, versionId)
    await requireFree(root, layout.version(imageId, versionId))
  }
  return { from, imageId, imageUid }
}

async function runMove(
  volume: VolumeContents,
  { versionId }: MoveCommand,
  { from, ...belonging }: CommandPlans['move'],
): Promise<StoredVersion> {
  const { root, index } = volume
  const moved = { ...requireLive(volume, versionId), ...belonging }
  const source = layout.version(from, versionId)
  const target = layout.version(belonging.imageId, versionId)
  if (await isRelocated(root, versionId, source, target)) {
    await syncRelocated(volume, versionId, layout.versions(from), layout.versions(belonging.imageId))
    index.set(versionId, moved)
  } else {
    const document = await refusePrimary(root, from, versionId)
    // The publication that took the pointer away may have ended before it took the link away.
    if (document) await linkPrimary(root, document)
    await forgetUpload(volume, versionId)
    await makeDirectory(root, layout.versions(belonging.imageId))
    await relocate(volume, versionId, source, target, () => index.set(versionId, moved))
  }
  await linkRestored(volume, moved)
  return moved
}
