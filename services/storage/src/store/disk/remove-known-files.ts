import { schemaPath, type FilePath } from '@goldkeep/domain'
import { volumeNames } from '@goldkeep/volume'
import { dirname, join } from 'node:path'
import { listDirectory, withDirectory, type VolumeRoot } from './directories.js'
import { isErrno } from './syscalls.js'

/** What Goldkeep itself writes beside a version's files. The manifest goes last: it says what else is known. */
const ownFiles = [schemaPath, volumeNames.sums, volumeNames.manifest].flatMap((name) => [
  `.${name}.new`,
  name,
])

/**
 * Removes the files that are known, and the directories that are empty then. A file that nobody knows stays,
 * and with it the directories above it. No file is cut short first: a clone may have the same bytes.
 * @param files of the version, relative to its directory
 * @param extra says of the name of another entry whether it is known all the same
 * @returns whether the directory is gone
 */
export async function removeKnownFiles(
  root: VolumeRoot,
  directory: string,
  files: Iterable<FilePath>,
  extra: (name: string) => boolean = () => false,
  signal?: AbortSignal,
): Promise<boolean> {
  const known = [...files]
  const parents = new Set(known.map((path) => dirname(path)).filter((parent) => parent !== '.'))
  const more: string[] = []
  for (const parent of ['', ...parents])
    for (const name of await listPlain(root, join(directory, parent)))
      if (extra(name)) more.push(join(parent, name))
  for (const path of [...known, ...more, ...ownFiles]) {
    signal?.throwIfAborted()
    await unlinkIn(root, join(directory, path))
  }
  for (const parent of parents) await removeDirectory(root, join(directory, parent))
  return removeDirectory(root, directory)
}

/** What is left in a directory, links and special files by their names. */
export async function listRemains(root: VolumeRoot, directory: string, prefix = ''): Promise<string[]> {
  const remains: string[] = []
  for (const name of await listPlain(root, join(directory, prefix))) {
    const path = join(prefix, name)
    const inside = await listRemains(root, directory, path)
    remains.push(...(inside.length > 0 ? inside : [path]))
  }
  return remains.sort()
}

/** Codes of a path that is not what it is taken for: a link, or a file where a directory is expected. */
const otherThanExpected = ['ENOTDIR', 'ELOOP'] as const

async function listPlain(root: VolumeRoot, path: string): Promise<string[]> {
  try {
    return await listDirectory(root, path)
  } catch (error) {
    if (isErrno(error, ...otherThanExpected)) return []
    throw error
  }
}

/** What stands in a file's place and is none is nobody's, and stays. */
async function unlinkIn(root: VolumeRoot, path: string): Promise<void> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    await withDirectory(root, dirname(path), (parent) => root.sys.unlink(parent.at(name)))
  } catch (error) {
    // NFS keeps what a client has open, under another name.
    if (!isErrno(error, 'ENOENT', 'EISDIR', 'EBUSY', ...otherThanExpected)) throw error
  }
}

/** @returns whether it is gone */
export async function removeDirectory(root: VolumeRoot, path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    await withDirectory(root, dirname(path), async (parent) => {
      await root.sys.rmdir(parent.at(name))
      await parent.sync()
    })
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST', ...otherThanExpected)) return false
    throw error
  }
}
