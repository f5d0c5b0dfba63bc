import { DomainError } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { withDirectory, type VolumeRoot } from './directories.js'
import { JournalDamagedError } from './journal-damage.js'
import { decodeFrames, encodeFrame, encodeFrames, type DecodedJournal } from './journal-frames.js'
import { writeFully } from './full-transfers.js'
import { readWhole, replaceFile } from './whole-files.js'

/** Characters that share a frame; far below what one may hold. */
const mostInFrame = 1024 * 1024

const { O_CREAT, O_NOFOLLOW, O_WRONLY } = fs.constants

/** What is to be known of a journal's records to open it. */
export interface JournalKind {
  /** Knows what a whole journal at this path has at least. */
  readonly decode?: (bytes: Uint8Array) => DecodedJournal
  /** Fewer records that say the same, or the given array itself. */
  readonly compact?: (records: readonly unknown[]) => readonly unknown[]
  /** Told how many frames, as far as the last record, are on stable storage. */
  readonly onDurable?: (frames: number) => void
}

interface Waiting {
  /** JSON. */
  readonly record: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** An append-only journal. Records that arrive while a sync is under way share the next one. */
export class Journal {
  #waiting: Waiting[] = []
  #draining: Promise<void> | undefined
  #condemned: unknown
  #closed = false
  /** Whether records came after the last empty frame. */
  #hasGrown = false

  private constructor(
    private readonly root: VolumeRoot,
    private readonly fd: number,
    private length: number,
    private frameCount: number,
    private readonly onDurable: (frames: number) => void,
  ) {
    // Without the empty frame at its end, of which nothing depends.
    onDurable(Math.max(0, frameCount - 1))
  }

  /**
   * Opens the journal, made when absent, and gives back its records.
   *
   * What it held is written out again, compacted, up to a torn tail. So that is cut, and a record whose sync
   * failed before the last end is on stable storage now or not there at all. An empty frame follows the last
   * records, so that damage to them cannot be taken for a torn tail.
   * @throws JournalDamagedError; then the file is as it was
   */
  static async open(
    root: VolumeRoot,
    path: string,
    log: Logger,
    { decode = decodeFrames, compact = (records) => records, onDurable = () => {} }: JournalKind = {},
  ): Promise<{ journal: Journal; records: readonly unknown[] }> {
    const bytes = (await readWhole(root, path)) ?? new Uint8Array()
    const decoded = decode(bytes)
    if (decoded.end === 'damaged') throw new JournalDamagedError(path, decoded)
    const { goodBytes } = decoded
    if (decoded.end === 'torn')
      log.warn({ path, goodBytes, cutBytes: bytes.length - goodBytes }, 'the torn tail of a journal is cut')
    const records = compact(decoded.records)
    const { content, frameCount } = contentOf(bytes, decoded, records)
    await replaceFile(root, path, content)
    const fd = await withDirectory(root, dirname(path), (directory) =>
      root.sys.open(directory.at(basename(path)), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644),
    )
    return { journal: new Journal(root, fd, content.length, frameCount, onDurable), records }
  }

  /** Resolves when the record is on stable storage. */
  append(record: object): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the journal is closed'))
    const text = JSON.stringify(record)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record: text, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  async close(): Promise<void> {
    // From here on its number may be another file's.
    this.#closed = true
    await this.#draining
    try {
      // Nothing depends on it, so it is not synced, and a disk that is full does without.
      if (this.#hasGrown && this.#condemned === undefined)
        await writeFully(this.root.sys, this.fd, encodeFrame([], this.frameCount), this.length)
    } catch {
      // What of it was written is the torn tail that the next start cuts.
    } finally {
      await this.root.sys.close(this.fd)
    }
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#nextInFrame())
      try {
        await this.#write(batch.map(({ record }) => record))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    // At once: who goes on with a record that is durable may append the next before anything else happens.
    this.#draining = undefined
  }

  /** How many of those that wait fit into one frame, at least one. */
  #nextInFrame(): number {
    let length = 0
    const over = this.#waiting.findIndex(({ record }) => (length += record.length) > mostInFrame)
    return over < 0 ? this.#waiting.length : Math.max(1, over)
  }

  async #write(records: readonly string[]): Promise<void> {
    if (this.#condemned !== undefined) throw this.#condemnation()
    const { sys } = this.root
    const frame = encodeFrame(records, this.frameCount)
    try {
      await writeFully(sys, this.fd, frame, this.length)
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
      // Whether the frame is on the disk cannot be known any more, and a second sync would not tell.
      this.#condemned = error
      throw error
    }
    this.length += frame.length
    this.frameCount += 1
    this.onDurable(this.frameCount)
    this.#hasGrown = true
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

/** What a start writes: the frames as they are, or those of the records that are left. */
function contentOf(
  bytes: Uint8Array,
  { records: all, frameCount, isClosed, goodBytes }: DecodedJournal,
  records: readonly unknown[],
): { content: Uint8Array; frameCount: number } {
  const isSame = records === all
  const frames = isSame ? [bytes.subarray(0, goodBytes)] : [...encodeFrames(records)]
  const count = isSame ? frameCount : records.length
  if (count === 0 || (isSame && isClosed)) return { content: Buffer.concat(frames), frameCount: count }
  return { content: Buffer.concat([...frames, encodeFrame([], count)]), frameCount: count + 1 }
}
