import { DomainError } from '@goldkeep/domain'

/** How many calls of one caller run at once, and how many wait for a place; more are refused. */
export interface PlaceLimits {
  readonly atOnce: number
  readonly waiting: number
}

interface Taken {
  running: number
  /** Each lets its call run, or take itself out of the line. */
  readonly line: Set<() => void>
}

/** Gives every caller some places, so that none of them keeps more than its share of the process. */
export class Places {
  readonly #taken = new Map<string, Taken>()

  /**
   * Takes a place, or waits for one in order of arrival. It must be left once.
   * @param signal ends the waiting
   * @throws DomainError LIMIT_EXCEEDED when too many wait already; the signal's reason
   */
  async take(key: string, { atOnce, waiting }: PlaceLimits, signal: AbortSignal): Promise<() => void> {
    const taken = this.#taken.get(key) ?? { running: 0, line: new Set() }
    this.#taken.set(key, taken)
    if (taken.running >= atOnce) {
      if (taken.line.size >= waiting) throw tooMany(key, atOnce, waiting)
      await standInLine(taken.line, signal)
    } else taken.running += 1
    return () => this.#leave(key, taken)
  }

  /** Calls that run and that wait now. */
  count(key: string): { readonly running: number; readonly waiting: number } {
    const { running = 0, line } = this.#taken.get(key) ?? {}
    return { running, waiting: line?.size ?? 0 }
  }

  /** Callers of whom a call runs or waits now. */
  get callers(): number {
    return this.#taken.size
  }

  /** The place goes to whoever has waited longest. */
  #leave(key: string, taken: Taken): void {
    const [next] = taken.line
    if (next) return next()
    taken.running -= 1
    if (taken.running === 0) this.#taken.delete(key)
  }
}

function standInLine(line: Set<() => void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      line.delete(begin)
      reject(signal.reason as Error)
    }
    const begin = (): void => {
      line.delete(begin)
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    line.add(begin)
    signal.addEventListener('abort', giveUp, { once: true })
  })
}

function tooMany(key: string, atOnce: number, waiting: number): DomainError {
  return new DomainError(
    'LIMIT_EXCEEDED',
    `expected at most ${atOnce} calls of ${key} at once and ${waiting} that wait, found more; try again later`,
    { caller: key, limit: String(atOnce + waiting) },
  )
}
