import { isDomainError } from '@goldkeep/domain'
import { volumeNames } from '@goldkeep/volume'
import fs from 'node:fs'
import { makeDirectory, withDirectory, type Directory, type VolumeRoot } from './directories.js'
import { isErrno } from './syscalls.js'
import { UnfitVolumeError } from './unfit-volume.js'
import { ignoreAbsent } from './whole-files.js'

const { O_CREAT, O_EXCL, O_WRONLY } = fs.constants

/**
 * Makes the folders of a volume and tries in them what the laws depend on. Leaves nothing behind.
 * @returns a warning about what was asked for and cannot be had
 */
export async function probeVolume(root: VolumeRoot): Promise<string | undefined> {
  const { staging, images, trash, primaryImages } = volumeNames
  await attempt(root, 'it cannot be written; check its owner and mode', async () => {
    for (const path of [staging, images, trash, primaryImages]) await makeDirectory(root, path)
  })
  return withDirectory(root, staging, (from) =>
    withDirectory(root, images, (to) =>
      withDirectory(root, trash, async (last) => {
        // Of a start that was killed.
        await removeProbes(root, from, to, last)
        try {
          await tryFiles(root, from)
          await tryRenames(root, from, to, last)
          await tryLinkSwap(root, from)
          return await root.directWrites.probe(root.sys, from.fd, from.at(name))
        } finally {
          await removeProbes(root, from, to, last)
        }
      }),
    ),
  )
}

/** Always the same, so that what is left of it can be removed. */
const name = '.goldkeep-probe'

async function removeProbes(root: VolumeRoot, ...directories: readonly Directory[]): Promise<void> {
  for (const directory of directories)
    for (const entry of [name, `${name}.link`, `${name}.new`])
      await root.sys.unlink(directory.at(entry)).catch(ignoreAbsent)
}

async function tryFiles(root: VolumeRoot, directory: Directory): Promise<void> {
  const { sys } = root
  const create = async (entry: string): Promise<void> =>
    sys.close(await sys.open(directory.at(entry), O_WRONLY | O_CREAT | O_EXCL, 0o644))
  const cannotCreate = 'files cannot be created in it; check its owner, its mode and its space'
  await attempt(root, cannotCreate, () => create(name))
  const createdTwice = await create(name).then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, 'EEXIST')) return false
      throw unfit(root, cannotCreate, error)
    },
  )
  if (createdTwice)
    throw new UnfitVolumeError(
      root.path,
      'its file system does not create exclusively; use a local one or NFSv4',
    )
  const other = await sys.lstat(directory.at(name.toUpperCase())).catch(() => undefined)
  if (other)
    throw new UnfitVolumeError(
      root.path,
      'its file system is blind to case; use ext4, xfs, btrfs, ZFS or NFSv4',
    )
  await attempt(root, 'its directories cannot be synced; use ext4, xfs, btrfs, ZFS or NFSv4', () =>
    directory.sync(),
  )
}

async function tryRenames(root: VolumeRoot, from: Directory, to: Directory, last: Directory): Promise<void> {
  const oneFileSystem =
    'staging, images and trash must be one file system, without mounts or datasets between'
  await attempt(root, oneFileSystem, async () => {
    await root.sys.rename(from.at(name), to.at(name))
    await root.sys.rename(to.at(name), last.at(name))
  })
}

async function tryLinkSwap(root: VolumeRoot, directory: Directory): Promise<void> {
  await attempt(
    root,
    'its file system has no symbolic links; use ext4, xfs, btrfs, ZFS or NFSv4',
    async () => {
      for (const target of ['one', 'two']) {
        await root.sys.symlink(target, directory.at(`${name}.new`))
        await root.sys.rename(directory.at(`${name}.new`), directory.at(`${name}.link`))
      }
    },
  )
}

async function attempt(root: VolumeRoot, why: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw unfit(root, why, cause)
  }
}

/** A volume that was taken over meanwhile is another's, and not unfit. */
function unfit(root: VolumeRoot, why: string, cause: unknown): unknown {
  return isDomainError(cause, 'SHUTTING_DOWN') ? cause : new UnfitVolumeError(root.path, why, cause)
}
