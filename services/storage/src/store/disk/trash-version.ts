import type { VersionId } from '@goldkeep/domain'
import { trashName, volumeLayout, type TrashName } from '@goldkeep/volume'
import type { TrashCommand } from '../version-commands.js'
import { carryOut } from './carry-out.js'
import type { CommandPlans } from './command-records.js'
import { lookAt, makeAgain } from './directories.js'
import { findHeld, refuseStaged, versionNotFound } from './find-held.js'
import { forgetUpload } from './forget-upload.js'
import { refusePrimary } from './image-documents.js'
import { linkPrimary } from './publish-image.js'
import { isRelocated, relocate, syncRelocated } from './relocate.js'
import { writeSidecar } from './sidecars.js'
import { trashedOf } from './trash-index.js'
import type { VolumeContents } from './volume-contents.js'

const layout = volumeLayout('')

/** Takes a version to the trash, by one rename. See VersionStore.trash. */
export function trashVersion(volume: VolumeContents, command: TrashCommand): Promise<TrashName> {
  return carryOut(volume, 'trash', command, {
    plan: () => planTrash(volume, command),
    run: (plan) => runTrash(volume, command, plan),
  })
}

async function planTrash(volume: VolumeContents, command: TrashCommand): Promise<CommandPlans['trash']> {
  const { root, index, trash } = volume
  const { versionId, imageUid } = command
  const imageId = index.get(versionId)?.imageId ?? command.imageId
  // Not only what is in the index: one whose manifest cannot be read goes to the trash as it is.
  if (await lookAt(root, layout.version(imageId, versionId))) {
    if (!index.has(versionId)) refuseStaged(volume, versionId)
    await refusePrimary(root, imageId, versionId)
    const name = await findFreeName(volume, versionId, new Date(command.time))
    return { name, imageId, imageUid: index.get(versionId)?.imageUid ?? imageUid }
  }
  refuseStaged(volume, versionId)
  findHeld(volume, versionId)
  const lying = trashedOf(trash, versionId).find(({ isPurging }) => !isPurging)
  if (!lying) throw versionNotFound(versionId)
  return { name: lying.name, imageId: lying.imageId ?? imageId, imageUid: lying.imageUid ?? imageUid }
}

/** The name has a time to the second, and so another directory of this version may have it. */
async function findFreeName(volume: VolumeContents, versionId: VersionId, time: Date): Promise<TrashName> {
  const name = trashName(versionId, time)
  const isTaken = volume.trash.has(name) || (await lookAt(volume.root, layout.trashed(name)))
  return isTaken ? findFreeName(volume, versionId, new Date(time.getTime() + 1000)) : name
}

async function runTrash(
  volume: VolumeContents,
  command: TrashCommand,
  plan: CommandPlans['trash'],
): Promise<TrashName> {
  const { root, index, trash } = volume
  const { versionId } = command
  const { name, imageId, imageUid } = plan
  const from = layout.version(imageId, versionId)
  const to = layout.trashed(name)
  if (await isRelocated(root, versionId, from, to)) {
    await syncRelocated(volume, versionId, layout.versions(imageId), layout.trash)
    return name
  }
  const document = await refusePrimary(root, imageId, versionId)
  // The publication that took the pointer away may have ended before it took the link away.
  if (document) await linkPrimary(root, document)
  await forgetUpload(volume, versionId)
  await makeAgain(root, layout.trash)
  await writeSidecar(volume, command, plan, name)
  const manifestDigest = index.get(versionId)?.manifestDigest
  await relocate(volume, versionId, from, to, () => {
    index.delete(versionId)
    const lying = { versionId, name, imageId, imageUid, isPurging: false }
    trash.set(name, { ...lying, ...(manifestDigest !== undefined && { manifestDigest }) })
  })
  return name
}
