/**
 * The catalog's clock, by which tickets are issued and revoked, as far as it is known here. Between two answers it
 * follows the monotonic clock, so that setting this machine's clock changes nothing.
 */
export class CatalogClock {
  #known: { readonly time: number; readonly at: number } | undefined

  get isKnown(): boolean {
    return this.#known !== undefined
  }

  /** Until the catalog has said what time it is, this machine's clock has to do. */
  now(): Date {
    if (!this.#known) return new Date()
    return new Date(this.#known.time + performance.now() - this.#known.at)
  }

  /** @param askedAt when the question left, by the monotonic clock; the answer is from between then and now */
  hear(serverTime: Date, askedAt: number): void {
    const answeredAt = performance.now()
    this.#known = { time: serverTime.getTime(), at: (askedAt + answeredAt) / 2 }
  }
}
