import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'

const firstPauseMs = 200
const longestPauseMs = 15_000

export interface RetryOptions {
  /** What is being tried, for the log: `registering the volume`. */
  readonly doing: string
  readonly log: Logger
  readonly signal: AbortSignal
  /** Errors that trying again cannot heal. */
  readonly permanent?: (error: unknown) => boolean
}

/**
 * Tries until it succeeds, with pauses that grow and are spread.
 * @throws the signal's reason when it is aborted, and permanent errors
 */
export async function retryForever<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { doing, log, signal, permanent } = options
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (permanent?.(error)) throw error
      log.warn({ err: error, doing, pauseMs }, 'the catalog could not be told; trying again')
    }
    await delay(pauseMs * (0.5 + Math.random()), undefined, { signal })
  }
}
