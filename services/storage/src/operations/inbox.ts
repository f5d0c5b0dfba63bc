/**
 * A stream's messages, taken when they are asked for: what waits meanwhile waits in the connection's window.
 * Waiting for one can be interrupted, and it can be told whether one has come that should not have.
 */
export class Inbox<T> {
  readonly #iterator: AsyncIterator<T>
  #ahead: Promise<IteratorResult<T>> | undefined
  #settled: IteratorResult<T> | undefined
  #interruption: Error | undefined
  #rejectWaiting: ((error: Error) => void) | undefined

  constructor(messages: AsyncIterable<T>) {
    this.#iterator = messages[Symbol.asyncIterator]()
  }

  /** The next message, or `undefined` at the end of the stream. */
  async next(): Promise<T | undefined> {
    const ahead = this.#fetch()
    const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
      if (this.#interruption) reject(this.#interruption)
      this.#rejectWaiting = reject
      ahead.then(resolve, reject)
    })
    this.#rejectWaiting = undefined
    this.#ahead = undefined
    this.#settled = undefined
    if (result.done) return undefined
    return result.value
  }

  /** Whether a message has come that nobody has asked for. What was sent with the last one has. */
  async hasMore(): Promise<boolean> {
    void this.#fetch()
    await new Promise((resolve) => setImmediate(resolve))
    return this.#settled?.done === false
  }

  /** Whoever waits, and whoever asks from now on, gets the error. */
  interrupt(error: Error): void {
    this.#interruption ??= error
    this.#rejectWaiting?.(error)
  }

  #fetch(): Promise<IteratorResult<T>> {
    if (this.#ahead) return this.#ahead
    const ahead = this.#iterator.next()
    this.#ahead = ahead
    ahead.then(
      (result) => {
        if (this.#ahead === ahead) this.#settled = result
      },
      // Whoever asks next is told.
      () => {},
    )
    return ahead
  }
}
