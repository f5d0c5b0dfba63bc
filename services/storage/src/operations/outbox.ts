/**
 * Between who makes messages and who sends them. Putting never waits: a message that may be replaced
 * stands in one slot, where the newest wins, so that a peer that does not read costs no memory.
 */
export class Outbox<T> {
  readonly #kept: T[] = []
  #newest: T | undefined
  #end: { readonly error?: unknown } | undefined
  #wake: (() => void) | undefined

  /** A message that must arrive. */
  keep(message: T): void {
    this.#flushNewest()
    this.#kept.push(message)
    this.#wake?.()
  }

  /** A message that the next one of its kind replaces. */
  replace(message: T): void {
    this.#newest = message
    this.#wake?.()
  }

  end(): void {
    this.#end ??= {}
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#end ??= { error }
    this.#wake?.()
  }

  async *messages(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const message = this.#take()
      if (message !== undefined) yield message
      else if (this.#end) break
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
    if (this.#end && 'error' in this.#end) throw this.#end.error
  }

  #flushNewest(): void {
    if (this.#newest !== undefined) this.#kept.push(this.#newest)
    this.#newest = undefined
  }

  #take(): T | undefined {
    const kept = this.#kept.shift()
    if (kept !== undefined) return kept
    const newest = this.#newest
    this.#newest = undefined
    return newest
  }
}
