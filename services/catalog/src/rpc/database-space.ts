/** For how long a refusal is told, in milliseconds. */
const toldMs = 600_000

/** What is known of the room on the database's disk. */
export class DatabaseSpace {
  /** Since the disk was found full. */
  #refusals = 0
  #lastRefusalAt = Number.NEGATIVE_INFINITY

  /**
   * @param shortage asks whoever can see the disk; gives nothing where the disk is another machine's
   * @param now the time in milliseconds; for tests
   */
  constructor(
    private readonly shortage: () => string | undefined = () => undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** The database has refused to write for want of room. */
  noteRefusal(): void {
    this.#refusals = this.#isTold() ? this.#refusals + 1 : 1
    this.#lastRefusalAt = this.now()
  }

  /** What an administrator must know, a sentence each. */
  get troubles(): string[] {
    return [this.shortage(), this.#describeRefusals()].filter((sentence) => sentence !== undefined)
  }

  #isTold(): boolean {
    return Math.abs(this.now() - this.#lastRefusalAt) <= toldMs
  }

  #describeRefusals(): string | undefined {
    if (!this.#isTold()) return undefined
    const calls = this.#refusals === 1 ? 'a call was' : `${this.#refusals} calls were`
    const last = new Date(this.#lastRefusalAt).toISOString()
    return `the disk of the database was full: ${calls} refused, the last at ${last}; make room`
  }
}
