import { uptime } from 'node:os'

/** Readings in milliseconds of several clocks, each of which can only be compared with itself. */
export type ClockReading = readonly number[]

export interface OwnerClock {
  read(): ClockReading
}

/**
 * The monotonic clock stands still while the machine is suspended; the time since boot counts that too. The
 * clock of the day is set forward when a paused virtual machine goes on: the other two may not notice that.
 */
export const systemClock: OwnerClock = {
  read: () => [performance.now(), uptime() * 1000, Date.now()],
}

/** By the clock that has counted most. One that was set back counts for nothing. */
export function elapsedMs(since: ClockReading, now: ClockReading): number {
  return Math.max(...now.map((reading, index) => reading - (since[index] ?? reading)))
}
