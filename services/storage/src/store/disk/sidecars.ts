import type { VersionId } from '@goldkeep/domain'
import { formatMajor, formatTrashSidecar, volumeLayout, type TrashName } from '@goldkeep/volume'
import { basename } from 'node:path'
import type { Belonging, TrashCommand } from '../version-commands.js'
import { lookAt, withDirectory, type VolumeRoot } from './directories.js'
import type { VolumeContents } from './volume-contents.js'
import { ignoreAbsent, replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/** Writes down from where, when and why, beside the place where the version will be. */
export function writeSidecar(
  { root, identity }: Pick<VolumeContents, 'root' | 'identity'>,
  { versionId, epoch, opSeq, time, actor, reason }: TrashCommand,
  { imageId, imageUid }: Belonging,
  name: TrashName,
): Promise<void> {
  const sidecar = formatTrashSidecar({
    format: formatMajor,
    house: identity.house,
    volume: identity.volume,
    image: imageId,
    uid: imageUid,
    version: versionId,
    whence: layout.version(imageId, versionId),
    trashed: time,
    ...(actor !== undefined && { by: actor }),
    ...(reason !== undefined && { why: reason }),
    epoch,
    op_seq: opSeq,
  })
  return replaceFile(root, layout.sidecar(name), sidecar)
}

/** Removes a sidecar once nothing lies beside it any more. */
export async function removeLoneSidecar(root: VolumeRoot, name: TrashName): Promise<void> {
  for (const directory of [layout.trashed(name), layout.purging(name)])
    if (await lookAt(root, directory)) return
  await withDirectory(root, layout.trash, async (trash) => {
    await root.sys.unlink(trash.at(basename(layout.sidecar(name)))).catch(ignoreAbsent)
    await trash.sync()
  })
}

/** Of a trash or a restore that a newer command overtakes: it may have left no more than its sidecar. */
export async function tidyOvertaken(
  { root, commands }: Pick<VolumeContents, 'root' | 'commands'>,
  versionId: VersionId,
): Promise<void> {
  const last = commands.find(versionId)
  if (last?.verb !== 'trash' && last?.verb !== 'restore') return
  if (last.answer === undefined && last.plan.name !== undefined) await removeLoneSidecar(root, last.plan.name)
}
