import { schemaPath, type FilePath, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { volumeLayout, volumeNames } from '@goldkeep/volume'
import { dirname, join } from 'node:path'
import { withDirectory, type VolumeRoot } from './directories.js'
import { isErrno } from './syscalls.js'
import { ignoreAbsent } from './whole-files.js'

const layout = volumeLayout('')
const endedPrefix = '.ended-'

/** The version whose ended staging a directory is, if it is one. */
export function endedVersionOf(name: string): string | undefined {
  return name.startsWith(endedPrefix) ? name.slice(endedPrefix.length) : undefined
}

/** Takes an ended upload out of `staging/` by one rename, then removes the files that its journal knows. */
export async function removeEnded(
  root: VolumeRoot,
  versionId: VersionId,
  files: Iterable<FilePath>,
  log: Logger,
): Promise<void> {
  await withDirectory(root, layout.stagingRoot, async (staging) => {
    await root.sys.rename(staging.at(versionId), staging.at(endedPrefix + versionId)).catch(ignoreAbsent)
    await staging.sync()
  })
  await removeKnown(root, join(layout.stagingRoot, endedPrefix + versionId), files, log)
}

/**
 * Removes an ended upload's directory, its journal last, since that says what else is known.
 * A file that nobody knows stays, and with it the directories above it.
 */
export async function removeKnown(
  root: VolumeRoot,
  directory: string,
  files: Iterable<FilePath>,
  log: Logger,
): Promise<void> {
  const tree = join(directory, volumeNames.tree)
  const staged = [...files]
  const ownFiles = [schemaPath, volumeNames.manifest, volumeNames.sums].flatMap((name) => [
    name,
    `.${name}.new`,
  ])
  for (const path of [...staged, ...ownFiles]) await unlinkIn(root, join(tree, path))
  const parents = new Set(staged.map((path) => dirname(path)).filter((parent) => parent !== '.'))
  for (const parent of parents) await removeDirectory(root, join(tree, parent), log)
  if (!(await removeDirectory(root, tree, log))) return
  await removeJournal(root, directory, log)
}

/** Removes a staging directory that holds no more than its journal. */
export async function removeJournal(root: VolumeRoot, directory: string, log: Logger): Promise<void> {
  for (const name of [`.${volumeNames.journal}.new`, volumeNames.journal])
    await unlinkIn(root, join(directory, name))
  await removeDirectory(root, directory, log)
}

async function unlinkIn(root: VolumeRoot, path: string): Promise<void> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  await withDirectory(root, dirname(path), (parent) => root.sys.unlink(parent.at(name))).catch(ignoreAbsent)
}

/** @returns whether it is gone */
async function removeDirectory(root: VolumeRoot, path: string, log: Logger): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    await withDirectory(root, dirname(path), async (parent) => {
      await root.sys.rmdir(parent.at(name))
      await parent.sync()
    })
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error
    log.warn({ path }, 'a staged directory holds files that no journal knows; it is kept')
    return false
  }
}
