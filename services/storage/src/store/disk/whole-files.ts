import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { withDirectory, type VolumeRoot } from './directories.js'
import { readFully, writeFully } from './full-transfers.js'
import { isErrno, type Syscalls } from './syscalls.js'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = fs.constants

/** Opens a regular file of the volume for reading, through no link. */
export async function openForReading(root: VolumeRoot, path: string): Promise<{ fd: number; size: number }> {
  const fd = await withDirectory(root, dirname(path), (directory) =>
    root.sys.open(directory.at(basename(path)), O_RDONLY | O_NOFOLLOW),
  )
  const stats = await root.sys.fstat(fd)
  if (stats.isFile()) return { fd, size: stats.size }
  await root.sys.close(fd)
  throw new Error(`${path}: expected a regular file`)
}

/** A small file's bytes, or `undefined` when it is absent. */
export async function readWhole(root: VolumeRoot, path: string): Promise<Uint8Array | undefined> {
  try {
    const { fd, size } = await openForReading(root, path)
    try {
      return await readFully(root.sys, fd, 0, size)
    } finally {
      await root.sys.close(fd)
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Writes a file so that a reader finds the old bytes or the new ones, whole, whatever happens: beside it,
 * synced, renamed over it, and the directory synced.
 */
export function replaceFile(root: VolumeRoot, path: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
  return replaceFiles(root, dirname(path), [{ name: basename(path), bytes }], mode)
}

/** The same for several files of one directory, which share its sync. */
export async function replaceFiles(
  root: VolumeRoot,
  path: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  mode = 0o644,
): Promise<void> {
  await withDirectory(root, path, async (directory) => {
    for (const { name, bytes } of files) {
      const beside = directory.at(`.${name.replace(/^\./, '')}.new`)
      await writeBeside(root, beside, bytes, mode)
      await root.sys.rename(beside, directory.at(name))
    }
    await directory.sync()
  })
}

async function writeBeside(
  { sys }: VolumeRoot,
  path: string,
  bytes: Uint8Array,
  mode: number,
): Promise<void> {
  // A leftover of a run that ended half-way.
  await sys.unlink(path).catch(ignoreAbsent)
  const fd = await sys.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
  try {
    await writeFully(sys, fd, bytes, 0)
    await sys.fchmod(fd, mode)
    await sys.fsync(fd)
  } finally {
    await sys.close(fd)
  }
}

export function ignoreAbsent(error: unknown): void {
  if (!isErrno(error, 'ENOENT')) throw error
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * SHA-256 of the first `size` bytes of a file, as a hash that can go on.
 * @param onRead told after each piece how many bytes have been read
 */
export async function hashPrefix(
  sys: Syscalls,
  fd: number,
  size: number,
  onRead: (bytes: number) => void = () => {},
) {
  const hash = createHash('sha256')
  const piece = 1024 * 1024
  for (let position = 0; position < size;) {
    const bytes = await readFully(sys, fd, position, Math.min(piece, size - position))
    if (bytes.length === 0) throw new Error(`read ${position} of ${size} bytes`)
    hash.update(bytes)
    position += bytes.length
    onRead(position)
  }
  return hash
}
