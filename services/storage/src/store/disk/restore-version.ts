import { DomainError } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import type { RestoreCommand } from '../version-commands.js'
import type { StoredVersion } from '../version-store.js'
import { carryOut } from './carry-out.js'
import type { CommandPlans } from './command-records.js'
import { lookAt, makeDirectory } from './directories.js'
import { findHeld, refuseStaged, versionGone } from './find-held.js'
import { requireSameImage } from './image-documents.js'
import { linkRestored } from './publish-image.js'
import { relocate, requireFree, syncRelocated } from './relocate.js'
import { removeLoneSidecar } from './sidecars.js'
import { findTrashed } from './trash-index.js'
import { describeDirectory, describeVersion } from './version-index.js'
import { requireReadable, type VolumeContents } from './volume-contents.js'

const layout = volumeLayout('')

/** Takes a version back from the trash, by one rename. See VersionStore.restore. */
export function restoreVersion(volume: VolumeContents, command: RestoreCommand): Promise<StoredVersion> {
  return carryOut(volume, 'restore', command, {
    plan: () => planRestore(volume, command),
    run: (plan) => runRestore(volume, command, plan),
  })
}

async function planRestore(
  volume: VolumeContents,
  { versionId, imageId, imageUid, trashName }: RestoreCommand,
): Promise<CommandPlans['restore']> {
  const { root, index, trash } = volume
  const place = layout.version(imageId, versionId)
  if (!index.has(versionId)) requireReadable(volume, versionId)
  const live =
    index.get(versionId) ?? (await describeVersion(volume, imageId, versionId).catch(() => undefined))
  // Nothing to do; if it is in the trash as well, that is a copy.
  if (live) return { imageId: live.imageId, imageUid: live.imageUid }
  refuseStaged(volume, versionId)
  const lying = findTrashed(trash, versionId, trashName)
  if (!lying) {
    findHeld(volume, versionId)
    throw new DomainError(
      'VERSION_NOT_FOUND',
      `version ${versionId} does not lie in the trash as ${trashName}`,
    )
  }
  if (lying.isPurging) throw versionGone(versionId)
  await describeDirectory(root, layout.trashed(lying.name), versionId)
  await requireSameImage(root, { imageId, imageUid })
  await requireFree(root, place)
  return { name: lying.name, imageId, imageUid }
}

async function runRestore(
  volume: VolumeContents,
  { versionId }: RestoreCommand,
  { name, ...belonging }: CommandPlans['restore'],
): Promise<StoredVersion> {
  const { root, index, trash } = volume
  const { imageId } = belonging
  const place = layout.version(imageId, versionId)
  if (name === undefined || (await lookAt(root, place))) {
    await syncRelocated(volume, versionId, layout.versions(imageId), layout.trash)
  } else {
    const { manifestDigest } = await describeDirectory(root, layout.trashed(name), versionId)
    await makeDirectory(root, layout.versions(imageId))
    await relocate(volume, versionId, layout.trashed(name), place, () => {
      trash.delete(name)
      index.set(versionId, { versionId, ...belonging, manifestDigest })
    })
  }
  const restored = index.get(versionId) ?? (await describeVersion(volume, imageId, versionId))
  index.set(versionId, restored)
  if (name !== undefined) await removeLoneSidecar(root, name)
  await linkRestored(volume, restored)
  return restored
}
