import { DomainError } from '@goldkeep/domain'
import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { withDirectory, type VolumeRoot } from './directories.js'
import { decodeFrames, encodeFrame } from './journal-frames.js'
import { writeFully } from './full-transfers.js'
import { readWhole, replaceFile } from './whole-files.js'

const { O_CREAT, O_NOFOLLOW, O_WRONLY } = fs.constants

interface Waiting {
  readonly frame: Uint8Array
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** An append-only journal. Records that arrive while a sync is under way share the next one. */
export class Journal {
  #waiting: Waiting[] = []
  #draining: Promise<void> | undefined
  #condemned: unknown
  #closed = false

  private constructor(
    private readonly root: VolumeRoot,
    private readonly fd: number,
    private length: number,
  ) {}

  /**
   * Opens the journal, made when absent, and gives back its records.
   *
   * What it held is written out anew up to the first bad frame. So a torn tail is cut, and a record whose
   * sync failed before the last end is on stable storage now or not there at all.
   */
  static async open(root: VolumeRoot, path: string): Promise<{ journal: Journal; records: unknown[] }> {
    const bytes = (await readWhole(root, path)) ?? new Uint8Array()
    const { records, goodBytes } = decodeFrames(bytes)
    await replaceFile(root, path, bytes.subarray(0, goodBytes))
    const fd = await withDirectory(root, dirname(path), (directory) =>
      root.sys.open(directory.at(basename(path)), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644),
    )
    return { journal: new Journal(root, fd, goodBytes), records }
  }

  /** Resolves when the record is on stable storage. */
  append(record: object): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the journal is closed'))
    const frame = encodeFrame(record)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frame, resolve, reject })
      this.#draining ??= this.#drain().finally(() => {
        this.#draining = undefined
      })
    })
  }

  async close(): Promise<void> {
    // From here on its number may be another file's.
    this.#closed = true
    await this.#draining
    await this.root.sys.close(this.fd)
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        await this.#write(Buffer.concat(batch.map(({ frame }) => frame)))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
  }

  async #write(frames: Uint8Array): Promise<void> {
    if (this.#condemned !== undefined) throw this.#condemnation()
    const { sys } = this.root
    try {
      await writeFully(sys, this.fd, frames, this.length)
    } catch (error) {
      // Half a frame must not stand before the next one.
      await sys.ftruncate(this.fd, this.length).catch((fault: unknown) => {
        this.#condemned = fault
      })
      throw error
    }
    try {
      await sys.fdatasync(this.fd)
    } catch (error) {
      // Whether the frames are on the disk cannot be known any more, and a second sync would not tell.
      this.#condemned = error
      throw error
    }
    this.length += frames.length
  }

  #condemnation(): DomainError {
    return new DomainError(
      'IO_ERROR',
      'a journal of the volume could not be synced; storage must be restarted to go on with it',
      {},
      { cause: this.#condemned },
    )
  }
}
