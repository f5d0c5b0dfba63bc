/** Runs work of one key one at a time, in order of arrival; work of different keys runs side by side. */
export class KeyedQueue<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>()

  async run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const own = before.then(work, work)
    const tail = own.catch(() => {})
    this.#tails.set(key, tail)
    try {
      return await own
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }

  /** Runs work that wants several keys. They are taken in one order, so that no two wait for each other. */
  runForAll<T>(this: KeyedQueue<string>, keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = [...new Set(keys)].sort()
    if (first === undefined) return work()
    return this.run(first, () => this.runForAll(rest, work))
  }
}
