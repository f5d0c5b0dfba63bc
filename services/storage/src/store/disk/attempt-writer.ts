import { DomainError, type AttemptId, type FilePath } from '@goldkeep/domain'
import type { Hash } from 'node:crypto'
import type { AttemptWriter } from '../version-store.js'
import type { AttemptFile } from './attempt-file.js'
import { describeFaults, toIoFault } from './io-faults.js'
import type { StagedDirectory } from './staged-upload.js'

/** Bytes that may wait for the disk before the receiver is held up: it hashes one chunk while that is written. */
const maxQueuedBytes = 512 * 1024

/** Writes one attempt's bytes; they are hashed while the disk writes. */
export class DiskAttemptWriter implements AttemptWriter {
  #taken: number
  #written: number
  #committed: number
  #queue: Uint8Array[] = []
  #pumping: Promise<void> | undefined
  #fault: Error | undefined
  #closed = false
  #roomWanted: (() => void) | undefined

  constructor(
    private readonly staged: StagedDirectory,
    private readonly path: FilePath,
    readonly attemptId: AttemptId,
    private readonly file: AttemptFile,
    committedSize: number,
    private readonly hash: Hash,
  ) {
    this.#taken = this.#written = this.#committed = committedSize
  }

  get size(): number {
    return this.#taken
  }

  get committedSize(): number {
    return this.#committed
  }

  async append(data: Uint8Array): Promise<void> {
    this.#throwFault()
    this.#queue.push(data)
    this.#taken += data.length
    this.#pumping ??= this.#pump()
    this.hash.update(data)
    if (this.#taken - this.#written <= maxQueuedBytes) return
    await new Promise<void>((resolve) => {
      this.#roomWanted = resolve
    })
    this.#throwFault()
  }

  async commit(): Promise<number> {
    const target = this.#taken
    while (this.#written < target && this.#fault === undefined) await this.#pumping
    this.#throwFault()
    if (target === this.#committed) return target
    await this.#sync()
    const { path, attemptId: attempt } = this
    await describeFaults(`journal of ${path}`, () =>
      this.staged.record({ t: 'committed', path, attempt, size: target }),
    )
    this.#committed = Math.max(this.#committed, target)
    return target
  }

  async finish(size: number, sha256: string): Promise<string> {
    const { path, attemptId: attempt } = this
    if (size !== this.#taken)
      throw new DomainError(
        'SIZE_MISMATCH',
        `${path}: finished with ${size} bytes, received ${this.#taken}`,
        {
          path,
          expected: String(size),
          found: String(this.#taken),
        },
      )
    const found = this.hash.copy().digest('hex')
    if (sha256 !== found)
      throw new DomainError('DIGEST_MISMATCH', `${path}: finished with sha256 ${sha256}, received ${found}`, {
        path,
        expected: sha256,
        found,
      })
    while (this.#written < size && this.#fault === undefined) await this.#pumping
    this.#throwFault()
    await this.#sync()
    // Before the record: a file of which close fails is not complete.
    await this.#release()
    await describeFaults(`journal of ${path}`, () =>
      this.staged.record({ t: 'finished', path, attempt, size, sha256 }),
    ).catch((fault: Error) => {
      // The descriptor is closed: nothing can be committed any more.
      this.#fault = fault
      throw fault
    })
    this.#committed = size
    return found
  }

  async fail(failure: string): Promise<void> {
    const { path, attemptId: attempt } = this
    await describeFaults(`journal of ${path}`, () =>
      this.staged.record({ t: 'failed', path, attempt, failure }),
    )
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await this.#pumping
    if (this.#fault === undefined && this.#taken === this.#committed)
      this.staged.hashes.set(this.path, {
        attemptId: this.attemptId,
        size: this.#committed,
        hash: this.hash,
      })
    await this.#release()
  }

  async #pump(): Promise<void> {
    try {
      for (let data = this.#queue.shift(); data !== undefined; data = this.#queue.shift()) {
        await this.file.write(data, this.#written)
        this.#written += data.length
        this.#roomWanted?.()
      }
    } catch (error) {
      // What is durable stays; the attempt can be gone on with from there.
      this.#fault = toIoFault(`write ${this.path}`, error)
      this.#queue = []
      this.#roomWanted?.()
    } finally {
      this.#pumping = undefined
    }
  }

  async #sync(): Promise<void> {
    try {
      await this.file.sync()
    } catch (error) {
      await this.#breakAttempt('sync', error)
    }
  }

  async #release(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      await this.file.close()
    } catch (error) {
      await this.#breakAttempt('close', error)
    }
  }

  /** A failed sync condemns what it covered; it is never retried and trusted. */
  async #breakAttempt(doing: string, error: unknown): Promise<never> {
    const { path, attemptId: attempt } = this
    const fault = toIoFault(`${doing} ${path}`, error)
    this.#fault = fault
    await this.staged.recordFault({ t: 'broken', path, attempt, failure: fault.message })
    throw fault
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault
  }
}
