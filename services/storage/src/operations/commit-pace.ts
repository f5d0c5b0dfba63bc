import type { AttemptWriter } from '../store/version-store.js'

export interface CommitPace {
  /** Bytes after which a sync is begun. */
  readonly syncBytes: number
  /** Milliseconds after which it is begun at the latest. */
  readonly syncIntervalMs: number
}

/** Decides when an attempt's bytes are made durable; one sync at a time, and the receiver goes on meanwhile. */
export class CommitClock {
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #fault: Error | undefined
  #stopped = false

  constructor(
    private readonly writer: AttemptWriter,
    private readonly pace: CommitPace,
    private readonly onCommitted: (size: number) => void,
    /** Told of a sync that failed, since no more bytes may come that would find out. */
    private readonly onFault: (error: Error) => void,
  ) {}

  /** After bytes were taken. Waits only when the disk is several syncs behind. */
  async tick(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault
    const waiting = this.writer.size - this.writer.committedSize
    if (waiting >= this.pace.syncBytes * 4) await this.#running
    this.#plan()
  }

  /** Commits everything now; for the end of a stream that has not finished the file. */
  async flush(): Promise<void> {
    await this.stop()
    if (this.#fault !== undefined) throw this.#fault
    if (this.writer.size > this.writer.committedSize) this.onCommitted(await this.writer.commit())
  }

  /** Begins no more syncs and waits for the one that runs. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #plan(): void {
    // What comes while a sync runs is planned when that ends: no further message may come to do it.
    if (this.#running || this.#stopped || this.#fault !== undefined) return
    const waiting = this.writer.size - this.writer.committedSize
    if (waiting >= this.pace.syncBytes) this.#begin()
    else if (waiting > 0) this.#timer ??= setTimeout(() => this.#begin(), this.pace.syncIntervalMs)
  }

  #begin(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running = this.writer
      .commit()
      .then(this.onCommitted)
      .catch((error: unknown) => {
        this.#fault = error instanceof Error ? error : new Error(String(error))
        this.onFault(this.#fault)
      })
      .finally(() => {
        this.#running = undefined
        this.#plan()
      })
  }
}
