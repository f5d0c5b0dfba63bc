import { constants } from 'node:fs'
import type { Syscalls } from '../../src/store/disk/syscalls.js'
import { errno } from './watched-syscalls.js'

const block = 4096

export interface DirectDisk extends Syscalls {
  /** Blocks of all files that direct writes have written, counted with every write. */
  readonly directBlocks: number
  /** Blocks that were written both directly and through the page cache; there must be none. */
  readonly sharedBlocks: number
}

/**
 * Takes direct writes as a disk of 4 KiB blocks does, on whatever the test runs: whole blocks at whole blocks,
 * out of memory that begins at a page, or EINVAL.
 */
export function directDisk(below: Syscalls): DirectDisk {
  const direct = new Set<number>()
  /** By inode and block: how it was written. */
  const written = new Map<string, 'direct' | 'cached'>()
  const counts = { direct: 0, shared: 0 }
  const note = async (fd: number, way: 'direct' | 'cached', position: number, length: number) => {
    const { ino } = await below.fstat(fd)
    for (let at = Math.floor(position / block); at * block < position + length; at += 1) {
      const before = written.get(`${ino}/${at}`)
      if (before !== undefined && before !== way) counts.shared += 1
      written.set(`${ino}/${at}`, way)
      if (way === 'direct') counts.direct += 1
    }
  }
  return {
    ...below,
    open: async (path, flags, mode) => {
      const fd = await below.open(path, flags & ~constants.O_DIRECT, mode)
      if ((flags & constants.O_DIRECT) !== 0) direct.add(fd)
      return fd
    },
    close: async (fd) => {
      direct.delete(fd)
      await below.close(fd)
    },
    write: async (fd, buffer, position) => {
      const whole = [position, buffer.length, buffer.byteOffset].every((bytes) => bytes % block === 0)
      if (direct.has(fd) && !whole) throw errno('EINVAL', 'write')
      const bytes = await below.write(fd, buffer, position)
      await note(fd, direct.has(fd) ? 'direct' : 'cached', position, bytes)
      return bytes
    },
    get directBlocks() {
      return counts.direct
    },
    get sharedBlocks() {
      return counts.shared
    },
  }
}
