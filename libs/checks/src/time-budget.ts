import type { CheckedFile, OpenFile } from './subject.js'

/** Milliseconds, from any beginning; and a call after some of them. Replaced by tests. */
export interface BudgetClock {
  now(): number
  /** Returns what takes the call back. */
  callAfter(ms: number, call: () => void): () => void
}

export const realClock: BudgetClock = {
  now: () => performance.now(),
  callAfter: (ms, call) => {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

/** One file may take this part of the time for all, so that a slow one does not hold up the others. */
const shareOfFile = 1 / 4

/** The time for looking into the files of a version: for all of them, and for each. */
export class TimeBudget {
  private readonly end: number

  constructor(
    private readonly totalMs: number,
    private readonly clock: BudgetClock = realClock,
  ) {
    this.end = clock.now() + totalMs
  }

  /**
   * Runs the examination of one file; `undefined` when there is no time left for it, or not enough. What was begun
   * then ends with its next read.
   * @param run gets the file as it is to be read
   */
  async examine<T>(file: CheckedFile, run: (readable: CheckedFile) => Promise<T>): Promise<T | undefined> {
    if (this.totalMs === Number.POSITIVE_INFINITY) return run(file)
    const ms = Math.min(this.end - this.clock.now(), this.totalMs * shareOfFile)
    if (ms <= 0) return undefined
    const stop = new AbortController()
    let takeBack = (): void => {}
    const late = new Promise<undefined>((resolve) => {
      takeBack = this.clock.callAfter(ms, () => {
        stop.abort(new Error('the time for this file is over'))
        resolve(undefined)
      })
    })
    try {
      return await Promise.race([run(readableUntil(file, stop.signal)), late])
    } finally {
      takeBack()
    }
  }
}

/** The file; it refuses to be opened or read after the signal. */
function readableUntil(file: CheckedFile, signal: AbortSignal): CheckedFile {
  return {
    ...file,
    open: async (): Promise<OpenFile> => {
      signal.throwIfAborted()
      const open = await file.open()
      return {
        size: open.size,
        read: async (offset, length) => {
          signal.throwIfAborted()
          return open.read(offset, length)
        },
        close: () => open.close(),
      }
    },
  }
}
