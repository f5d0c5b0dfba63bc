/**
 * Purges remove their files one after the other: an unlink of a huge file keeps a thread of the pool busy
 * for seconds, and there are few, on which every read and write waits as well.
 */
export class PurgeLane {
  readonly #stopping = new AbortController()
  #tail: Promise<unknown> = Promise.resolve()
  #attended: Promise<void> | undefined

  /** @param work looks at the signal between two files */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = this.#tail.then(() => {
      this.#stopping.signal.throwIfAborted()
      return work(this.#stopping.signal)
    })
    this.#tail = own.catch(() => {})
    return await own
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Lets `stop` wait for work that nobody else waits for, and that looks at `isStopping`. */
  attend(work: Promise<void>): void {
    this.#attended = work
  }

  /** Stops between two files; what is left is removed by the next start. */
  async stop(reason: Error): Promise<void> {
    this.#stopping.abort(reason)
    await this.#tail
    await this.#attended
  }
}
