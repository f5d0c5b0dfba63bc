import fs from 'node:fs'
import { dirname } from 'node:path'
import type { DirectWrites } from './direct-writes.js'
import type { Room } from './room.js'
import { isErrno, type Syscalls } from './syscalls.js'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants

/** The volume's root, held open for as long as the store lives. */
export interface VolumeRoot {
  readonly sys: Syscalls
  readonly fd: number
  /** As the administrator wrote it, for messages. */
  readonly path: string
  /** What uploads may take of the volume. */
  readonly room: Room
  /** Whether they bypass the page cache. */
  readonly directWrites: DirectWrites
}

/** An open directory. Names are resolved in it and nowhere else, whatever is renamed meanwhile. */
export interface Directory {
  readonly fd: number
  /** The path of an entry, for a system call. */
  at(name: string): string
  /** Makes its entries durable. */
  sync(): Promise<void>
}

export async function openRoot(
  sys: Syscalls,
  path: string,
  roomOf: (fd: number) => Room,
  directWrites: DirectWrites,
): Promise<VolumeRoot> {
  const fd = await sys.open(path, O_RDONLY | O_DIRECTORY)
  return { sys, path, fd, room: roomOf(fd), directWrites }
}

// Node has no openat; /proc/self/fd gives the same: the kernel resolves from the open directory.
const inDirectory = (fd: number, name: string): string => `/proc/self/fd/${fd}/${name}`

/**
 * Opens a directory of the volume, component by component, and never through a link.
 * @param path relative to the root; '' is the root itself
 */
export async function withDirectory<T>(
  root: VolumeRoot,
  path: string,
  work: (directory: Directory) => Promise<T>,
): Promise<T> {
  const { sys } = root
  const fd = await descend(root, path)
  const directory: Directory = { fd, at: (name) => inDirectory(fd, name), sync: () => sys.fsync(fd) }
  try {
    return await work(directory)
  } finally {
    if (fd !== root.fd) await sys.close(fd)
  }
}

async function descend(root: VolumeRoot, path: string): Promise<number> {
  let fd = root.fd
  for (const name of components(path)) {
    const parent = fd
    try {
      fd = await root.sys.open(inDirectory(parent, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    } finally {
      if (parent !== root.fd) await root.sys.close(parent)
    }
  }
  return fd
}

const components = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.')

/** What stands at the volume's path, if it is no longer the directory that is held open. */
export async function findMovedRoot({ sys, fd, path }: VolumeRoot): Promise<string | undefined> {
  const held = await sys.fstat(fd)
  let present: number
  try {
    present = await sys.open(path, O_RDONLY | O_DIRECTORY)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'nothing'
    if (isErrno(error, 'ENOTDIR', 'ELOOP')) return 'no directory'
    throw error
  }
  try {
    const { dev, ino } = await sys.fstat(present)
    return dev === held.dev && ino === held.ino ? undefined : 'another directory'
  } finally {
    await sys.close(present)
  }
}

/** Makes a directory and those above it that are absent, each of them durable. */
export async function makeDirectory(root: VolumeRoot, path: string): Promise<void> {
  let parent = ''
  for (const name of components(path)) {
    await withDirectory(root, parent, async (directory) => {
      await root.sys.mkdir(directory.at(name), 0o755).catch((error: unknown) => {
        if (!isErrno(error, 'EEXIST')) throw error
      })
      // Also when it was there: whoever made it may have ended before this sync.
      await directory.sync()
    })
    parent = parent === '' ? name : `${parent}/${name}`
  }
}

/** The same for one that a start has made, and that nobody but an administrator can have removed. */
export async function makeAgain(root: VolumeRoot, path: string): Promise<void> {
  if (!(await lookAt(root, path))) await makeDirectory(root, path)
}

/** The names in a directory; none when it is absent. */
export async function listDirectory(root: VolumeRoot, path: string): Promise<string[]> {
  try {
    return await withDirectory(root, path, ({ fd }) => root.sys.readdir(`/proc/self/fd/${fd}`))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** What an entry is, or `undefined` when there is none. A link is reported as a link. */
export async function lookAt(root: VolumeRoot, path: string): Promise<fs.Stats | undefined> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    return await withDirectory(root, dirname(path), (directory) => root.sys.lstat(directory.at(name)))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
