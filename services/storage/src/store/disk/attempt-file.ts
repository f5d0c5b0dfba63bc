import fs from 'node:fs'
import { blockBytes } from './direct-writes.js'
import type { VolumeRoot } from './directories.js'
import { isErrno } from './syscalls.js'

const { O_DIRECT, O_WRONLY } = fs.constants

/** Less than that is not worth a call of its own. */
const leastDirectBytes = 64 * 1024

/**
 * The file of one attempt, open for its writer alone. Whole blocks of large parts go past the page cache where
 * the volume can; the rest goes through it. The two never share a block, so neither can undo the other.
 */
export class AttemptFile {
  #direct: Promise<number | undefined> | undefined

  constructor(
    private readonly root: VolumeRoot,
    private readonly fd: number,
  ) {}

  /** @throws DomainError NO_SPACE, or the system's error; then any part of the bytes may be there */
  async write(data: Uint8Array, position: number): Promise<void> {
    const begin = roundUp(position) - position
    const end = roundDown(position + data.length) - position
    const buffers = end - begin < leastDirectBytes ? undefined : this.root.directWrites.buffers
    const direct = buffers && (await this.#openDirect())
    if (!buffers || direct === undefined) return this.#writeCached(data, position)
    if (begin > 0) await this.#writeCached(data.subarray(0, begin), position)
    const blocks = data.subarray(begin, end)
    await buffers.lend((buffer) => this.#writeDirect(direct, buffer, blocks, position + begin))
    if (end < data.length) await this.#writeCached(data.subarray(end), position + end)
  }

  /** Of both ways: a sync is of the file. */
  sync(): Promise<void> {
    return this.root.sys.fdatasync(this.fd)
  }

  /** Ends all use of it, also when the system says that closing failed. */
  async close(): Promise<void> {
    const direct = await this.#direct
    try {
      if (direct !== undefined) await this.root.sys.close(direct)
    } finally {
      await this.root.sys.close(this.fd)
    }
  }

  #writeCached(data: Uint8Array, position: number): Promise<void> {
    return this.root.room.write(this.fd, data, position)
  }

  async #writeDirect(fd: number, buffer: Uint8Array, blocks: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < blocks.length;) {
      const part = buffer.subarray(0, Math.min(blocks.length - done, buffer.length))
      part.set(blocks.subarray(done, done + part.length))
      const written = await this.root.room.writeOnce(fd, part, position + done).catch(noneIfRefused)
      // What is left over need not be whole blocks.
      if (written < part.length) await this.#writeCached(part.subarray(written), position + done + written)
      done += part.length
    }
  }

  /** By the open file and not by its name, which may mean another file by now. */
  #openDirect(): Promise<number | undefined> {
    this.#direct ??= this.root.sys
      .open(`/proc/self/fd/${this.fd}`, O_WRONLY | O_DIRECT)
      .catch((error: unknown) => {
        // The page cache will do.
        if (isErrno(error)) return undefined
        throw error
      })
    return this.#direct
  }
}

/** A file system may take no direct write here that took one elsewhere: then nothing was written. */
function noneIfRefused(error: unknown): number {
  if (isErrno(error, 'EINVAL')) return 0
  throw error
}

const roundUp = (bytes: number): number => Math.ceil(bytes / blockBytes) * blockBytes
const roundDown = (bytes: number): number => Math.floor(bytes / blockBytes) * blockBytes
