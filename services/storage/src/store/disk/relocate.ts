import { DomainError, isDomainError, type VersionId } from '@goldkeep/domain'
import { basename, dirname } from 'node:path'
import { lookAt, withDirectory, type VolumeRoot } from './directories.js'
import { describeDirectory } from './version-index.js'
import type { VolumeContents } from './volume-contents.js'

type Relocating = Pick<VolumeContents, 'root' | 'relocating' | 'unsynced'>

/**
 * Renames a version's directory, durably. Both parents must be there.
 * @param landed brings the store's memory up to date, at once
 * @throws DomainError PLACE_TAKEN when anything stands at `to`
 */
export async function relocate(
  volume: Relocating,
  versionId: VersionId,
  from: string,
  to: string,
  landed: () => void,
): Promise<void> {
  const { root, relocating } = volume
  await requireFree(root, to)
  await withDirectory(root, dirname(from), (source) =>
    withDirectory(root, dirname(to), async (target) => {
      const renamed = root.sys.rename(source.at(basename(from)), target.at(basename(to))).then(landed)
      // A reader that finds the directory gone waits until it is known where it went.
      const settled = renamed.catch(() => {})
      relocating.set(versionId, settled)
      await renamed.finally(() => relocating.delete(versionId))
      await syncOrCondemn(volume, versionId, async () => {
        await target.sync()
        await source.sync()
      })
    }),
  )
}

/**
 * Whether a rename was done before. Where both names are there and the version stands at `to`, what is at `from` is a
 * copy that came back.
 * @throws DomainError PLACE_TAKEN when something else stands at `to`, and the version is where it was
 */
export async function isRelocated(
  root: VolumeRoot,
  versionId: VersionId,
  from: string,
  to: string,
): Promise<boolean> {
  if (!(await lookAt(root, to))) return false
  if (!(await lookAt(root, from))) return true
  try {
    await describeDirectory(root, to, versionId)
    return true
  } catch (error) {
    throw isDomainError(error, 'VERSION_DAMAGED') ? placeTaken(to) : error
  }
}

/**
 * Makes a rename durable that was done before: whoever did it may have ended before the syncs.
 * @param parents the directories it was in before and is in now; one that is not there need not be synced
 */
export function syncRelocated(
  volume: Relocating,
  versionId: VersionId,
  ...parents: readonly string[]
): Promise<void> {
  const { root } = volume
  return syncOrCondemn(volume, versionId, async () => {
    for (const parent of parents)
      if (await lookAt(root, parent)) await withDirectory(root, parent, (directory) => directory.sync())
  })
}

/**
 * A rename over an empty directory would succeed without a word.
 * @throws DomainError PLACE_TAKEN
 */
export async function requireFree(root: VolumeRoot, path: string): Promise<void> {
  if ((await lookAt(root, path)) === undefined) return
  throw placeTaken(path)
}

const placeTaken = (path: string): DomainError =>
  new DomainError('PLACE_TAKEN', `${path} is there already; look what it is and move it away`, { path })

async function syncOrCondemn(
  { unsynced }: Relocating,
  versionId: VersionId,
  sync: () => Promise<void>,
): Promise<void> {
  try {
    await sync()
  } catch (error) {
    unsynced.set(versionId, error)
    throw error
  }
}
