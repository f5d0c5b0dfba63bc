import { isDomainError, type ErrorKind } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { ClientError, Status } from 'nice-grpc-common'
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

const refusals: ReadonlySet<ErrorKind> = new Set([
  'invalid',
  'not-found',
  'exists',
  'precondition',
  'out-of-range',
  'corrupt',
])
const transportRefusals: ReadonlySet<Status> = new Set([Status.INVALID_ARGUMENT, Status.RESOURCE_EXHAUSTED])

/** Whether the catalog has judged what it was told, so that the same will be refused again. */
export function isRefusal(error: unknown): boolean {
  if (isDomainError(error)) return refusals.has(error.kind)
  // The transport's own: a message that is too large.
  return error instanceof ClientError && transportRefusals.has(error.code)
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
