import { DomainError, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import {
  isTrashName,
  parseTrashSidecar,
  purgingPrefix,
  versionOfTrashName,
  volumeLayout,
  type TrashName,
} from '@goldkeep/volume'
import type { TrashedVersion } from '../version-store.js'
import { listDirectory, lookAt, type VolumeRoot } from './directories.js'
import { isReadFailure } from './read-failure.js'
import { describeDirectory } from './version-index.js'
import { readWhole } from './whole-files.js'

const layout = volumeLayout('')

export type TrashIndex = Map<TrashName, TrashedVersion>

/** Looks through the trash. What does not look like a version's directory is left alone. */
export async function indexTrash(root: VolumeRoot, log: Logger): Promise<TrashIndex> {
  const trash: TrashIndex = new Map()
  for (const entry of await listDirectory(root, layout.trash)) {
    const isPurging = entry.startsWith(purgingPrefix)
    const name = isPurging ? entry.slice(purgingPrefix.length) : entry
    if (!isTrashName(name)) continue
    const directory = isPurging ? layout.purging(name) : layout.trashed(name)
    if (!(await isDirectory(root, directory, log))) continue
    if (trash.has(name)) log.error({ trashName: name }, 'a version lies in the trash twice; both are kept')
    if (!trash.has(name) || !isPurging)
      trash.set(name, await describeTrashed(root, directory, name, isPurging, log))
  }
  return trash
}

/** An entry that cannot be looked at counts as a directory because of its name: it is not gone. */
async function isDirectory(root: VolumeRoot, path: string, log: Logger): Promise<boolean> {
  try {
    return (await lookAt(root, path))?.isDirectory() ?? false
  } catch (error) {
    if (!isReadFailure(error)) throw error
    log.error({ err: error, path }, 'a directory in the trash cannot be looked at; it is kept')
    return true
  }
}

async function describeTrashed(
  root: VolumeRoot,
  directory: string,
  name: TrashName,
  isPurging: boolean,
  log: Logger,
): Promise<TrashedVersion> {
  const versionId = versionOfTrashName(name) as VersionId
  const found = await describeDirectory(root, directory, versionId).catch((error: unknown) => {
    log.warn({ err: error, trashName: name }, 'the manifest of a version in the trash cannot be read')
    return undefined
  })
  const sidecar = await readSidecar(root, name).catch((error: unknown) => {
    log.warn({ err: error, trashName: name }, 'the sidecar of a version in the trash cannot be read')
    return undefined
  })
  const origin = sidecar ?? found?.manifest
  return {
    versionId,
    name,
    isPurging,
    ...(origin && { imageId: origin.image, imageUid: origin.uid }),
    ...(found && { manifestDigest: found.manifestDigest }),
  }
}

async function readSidecar(root: VolumeRoot, name: TrashName) {
  const bytes = await readWhole(root, layout.sidecar(name))
  return bytes && parseTrashSidecar(bytes)
}

/** Every directory of the version in the trash, the latest first. */
export function trashedOf(trash: TrashIndex, versionId: VersionId): TrashedVersion[] {
  const found = [...trash.values()].filter((entry) => entry.versionId === versionId)
  return found.sort((a, b) => (a.name < b.name ? 1 : -1))
}

/**
 * The directory that a command means; `undefined` when there is none.
 * @throws DomainError AMBIGUOUS_REFERENCE
 */
export function findTrashed(
  trash: TrashIndex,
  versionId: VersionId,
  name: TrashName | undefined,
): TrashedVersion | undefined {
  const found = trashedOf(trash, versionId)
  if (name !== undefined) return found.find((entry) => entry.name === name)
  if (found.length < 2) return found[0]
  const names = found.map((entry) => entry.name).join(', ')
  throw new DomainError(
    'AMBIGUOUS_REFERENCE',
    `version ${versionId} lies in the trash as ${names}; name one`,
    {
      version_id: versionId,
      trash_names: names,
    },
  )
}
