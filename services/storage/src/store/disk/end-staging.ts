import type { FilePath, VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { volumeLayout, volumeNames } from '@goldkeep/volume'
import { join } from 'node:path'
import { withDirectory, type VolumeRoot } from './directories.js'
import { removeDirectory, removeKnownFiles } from './remove-known-files.js'
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
  if (await removeKnownFiles(root, tree, files)) await removeJournal(root, directory, log)
  else log.warn({ path: tree }, 'a staged directory holds files that no journal knows; it is kept')
}

/** Removes a staging directory that holds no more than its journal. */
export async function removeJournal(root: VolumeRoot, directory: string, log: Logger): Promise<void> {
  await withDirectory(root, directory, async (staging) => {
    for (const name of [`.${volumeNames.journal}.new`, volumeNames.journal])
      await root.sys.unlink(staging.at(name)).catch(ignoreAbsent)
  }).catch(ignoreAbsent)
  if (await removeDirectory(root, directory)) return
  log.warn({ path: directory }, 'a staged directory holds files that no journal knows; it is kept')
}
