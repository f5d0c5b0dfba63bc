import fs from 'node:fs'
import { BounceBuffers } from './bounce-buffers.js'
import { isErrno, type Syscalls } from './syscalls.js'

const { O_CREAT, O_DIRECT, O_EXCL, O_WRONLY } = fs.constants

/** Whether uploads go to the disk past the page cache: where that is known to be good, or as one says. */
export type DirectWritesMode = 'auto' | 'always' | 'never'

/** Of place, length and memory: the largest block of the disks in use. */
export const blockBytes = 4096

/** As many as the thread pool carries out at once. */
const buffersAtOnce = 16
const bufferBytes = 1024 * 1024
const probeBytes = 64 * 1024

/** By statfs(2) `f_type`: those that write directly without an own copy and keep it coherent with the page cache. */
const knownGood: ReadonlySet<number> = new Set([
  0xef53, // ext4
  0x58465342, // XFS
])

/**
 * Writing past the page cache. An upload is read once at most soon after; in the page cache it would push out
 * the image that a room full of machines is reading. A failed write is told of by that very write, where the
 * page cache would keep it for a later sync. And it costs one copy less.
 */
export class DirectWrites {
  #possible = false
  #buffers: BounceBuffers | undefined

  constructor(private readonly mode: DirectWritesMode) {}

  /** What to write from, made when it is wanted first; absent: everything goes through the page cache. */
  get buffers(): BounceBuffers | undefined {
    if (!this.#possible) return undefined
    try {
      return (this.#buffers ??= new BounceBuffers(buffersAtOnce, bufferBytes))
    } catch (error) {
      // A process that may have no more memory does without.
      if (!(error instanceof RangeError)) throw error
      this.#possible = false
      return undefined
    }
  }

  /**
   * Tries them with a new file, which stays.
   * @param volumeFd any directory of the volume
   * @returns why they were asked for and cannot be had
   */
  async probe(sys: Syscalls, volumeFd: number, path: string): Promise<string | undefined> {
    if (this.mode === 'never') return undefined
    const { type } = await sys.statfs(`/proc/self/fd/${volumeFd}`)
    if (this.mode === 'auto' && !knownGood.has(type >>> 0)) return undefined
    try {
      const buffers = new BounceBuffers(1, probeBytes)
      await buffers.lend((buffer) => tryBlock(sys, path, buffer.subarray(0, blockBytes)))
      this.#possible = true
      return undefined
    } catch (error) {
      if (error instanceof RangeError || isErrno(error, 'EINVAL', 'EOPNOTSUPP', 'ENOTSUP'))
        return `direct writes cannot be had: ${error.message}`
      throw error
    }
  }
}

async function tryBlock(sys: Syscalls, path: string, block: Uint8Array): Promise<void> {
  const fd = await sys.open(path, O_WRONLY | O_CREAT | O_EXCL | O_DIRECT, 0o600)
  try {
    await sys.write(fd, block, 0).catch((error: unknown) => {
      // A full volume starts all the same.
      if (!isErrno(error, 'ENOSPC', 'EDQUOT')) throw error
    })
  } finally {
    await sys.close(fd)
  }
}
