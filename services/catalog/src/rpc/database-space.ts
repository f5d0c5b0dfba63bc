/** For how long a refusal is told, in milliseconds. */
const toldMs = 600_000

/** What is known of the room on the database's disk. */
export class DatabaseSpace {
  #refusals = 0
  #lastRefusal: Date | undefined

  /** @param shortage asks whoever can see the disk; nothing where it is another machine's */
  constructor(
    private readonly shortage: () => string | undefined = () => undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** The database has refused to write for want of room. */
  noteRefusal(): void {
    this.#refusals += 1
    this.#lastRefusal = new Date(this.now())
  }

  /** What an administrator must know, a sentence each. */
  get troubles(): string[] {
    return [this.shortage(), this.#refused()].filter((sentence) => sentence !== undefined)
  }

  #refused(): string | undefined {
    if (!this.#lastRefusal || Math.abs(this.now() - this.#lastRefusal.getTime()) > toldMs) {
      this.#refusals = 0
      return undefined
    }
    const calls = this.#refusals === 1 ? 'a call was' : `${this.#refusals} calls were`
    return `the disk of the database was full: ${calls} refused, the last at ${this.#lastRefusal.toISOString()}; make room`
  }
}
