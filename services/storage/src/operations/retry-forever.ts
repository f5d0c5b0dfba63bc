import { isDomainError, type ErrorKind } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { ClientError, Status } from 'nice-grpc-common'
import { setTimeout as delay } from 'node:timers/promises'

const firstPauseMs = 200
/** While the catalog cannot be reached: it shall not be waited for long once it is back. */
const longestPauseMs = 15_000
/** While the catalog fails at this very call: it may be a passing fault, and most often is none. */
const longestFaultPauseMs = 300_000

export interface RetryOptions {
  /** What is being tried, for the log: `registering the volume`. */
  readonly doing: string
  readonly log: Pick<Logger, 'warn' | 'error' | 'debug'>
  readonly signal: AbortSignal
  /** Errors that trying again cannot heal. */
  readonly permanent?: (error: unknown) => boolean
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
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
const faults: ReadonlySet<Status> = new Set([Status.INTERNAL, Status.UNKNOWN, Status.UNIMPLEMENTED])

/** Whether the catalog has judged what it was told, so that the same will be refused again. */
export function isRefusal(error: unknown): boolean {
  if (isDomainError(error)) return refusals.has(error.kind)
  // The transport's own: a message that is too large.
  return error instanceof ClientError && transportRefusals.has(error.code)
}

/** Whether the catalog was there and failed in a way that nobody has foreseen. */
export function isFault(error: unknown): boolean {
  if (isDomainError(error)) return error.kind === 'internal'
  return error instanceof ClientError && faults.has(error.code)
}

/**
 * Tries until it succeeds, with pauses that grow and are spread. A fault of the catalog is logged once as an error,
 * and tried ever more rarely.
 * @throws the signal's reason when it is aborted, and permanent errors
 */
export async function retryForever<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { doing, log, signal, permanent, pause = sleep } = options
  let hasToldFault = false
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted()
    let longestMs = longestPauseMs
    try {
      return await work()
    } catch (error) {
      if (permanent?.(error)) throw error
      if (isFault(error)) {
        longestMs = longestFaultPauseMs
        const level = hasToldFault ? 'debug' : 'error'
        log[level]({ err: error, doing }, 'the catalog fails at this; it is tried again, ever more rarely')
        hasToldFault = true
      } else log.warn({ err: error, doing, tries }, 'the catalog could not be told; trying again')
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), longestMs)
    await pause(pauseMs * (0.5 + Math.random()), signal)
  }
}

const sleep = (ms: number, signal: AbortSignal): Promise<unknown> => delay(ms, undefined, { signal })
