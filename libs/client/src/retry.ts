import { DomainError, isDomainError } from '@goldkeep/domain'
import { isAbortError } from 'abort-controller-x'
import { ClientError, Status } from 'nice-grpc-common'
import pRetry from 'p-retry'

/** How long to go on trying a server that cannot be reached. */
export interface RetryPolicy {
  /** Milliseconds without any progress after which to give up. */
  readonly forMs: number
  readonly signal?: AbortSignal | undefined
  /** Told before each further try. */
  readonly onRetry?: ((error: Error, attempt: number) => void) | undefined
  /** How far it is; each rise begins the patience anew. */
  readonly progress?: (() => number) | undefined
  /** Milliseconds without any progress for which a full volume is waited for; absent: not at all. */
  readonly waitForSpaceMs?: number | undefined
}

const brokenConnection: ReadonlySet<Status> = new Set([
  Status.UNAVAILABLE,
  Status.DEADLINE_EXCEEDED,
  Status.CANCELLED,
])

/** Whether the same call may succeed later: the connection failed, or the server said that it is away. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DomainError) return error.kind === 'unavailable'
  if (!(error instanceof ClientError)) return isTimeout(error)
  if (brokenConnection.has(error.code)) return true
  // grpc-js reports a connection that was cut in mid-stream in these words.
  return /RST_STREAM|ECONNRESET|EPIPE|socket hang up/.test(error.details)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

/**
 * Runs until it succeeds, fails for good, or has made no progress for as long as the policy has patience;
 * the pauses grow from 0.2 s to 5 s with jitter. A try that got further is followed by the next at once.
 */
export async function withRetries<T>(policy: RetryPolicy, run: () => Promise<T>): Promise<T> {
  const { forMs, waitForSpaceMs, signal, onRetry, progress = () => 0 } = policy
  let furthest = progress()
  let lastProgress = performance.now()
  let gotFurther = false
  let full = false
  const patienceFor = (error: Error): number | undefined => {
    if (isDomainError(error, 'NO_SPACE')) return waitForSpaceMs
    if (!isTransient(error)) return undefined
    // A server that restarts while its volume is full has not used up the patience for the volume.
    return full ? Math.max(forMs, waitForSpaceMs ?? 0) : forMs
  }
  const worthIt = (error: Error): boolean => {
    const patienceMs = patienceFor(error)
    return !signal?.aborted && patienceMs !== undefined && performance.now() - lastProgress < patienceMs
  }
  return pRetry(run, {
    retries: Number.POSITIVE_INFINITY,
    factor: 1.7,
    minTimeout: 200,
    maxTimeout: 5_000,
    randomize: true,
    ...(signal && { signal }),
    onFailedAttempt: ({ error, attemptNumber }) => {
      gotFurther = progress() > furthest
      furthest = Math.max(furthest, progress())
      if (gotFurther) lastProgress = performance.now()
      full = isDomainError(error, 'NO_SPACE') || (full && !gotFurther)
      if (worthIt(error)) onRetry?.(error, attemptNumber)
    },
    shouldConsumeRetry: () => !gotFurther,
    shouldRetry: ({ error }) => worthIt(error),
  })
}

/** Any failure of a call to `address` as a domain error; an abort by the caller stays what it is. */
export function toCallError(error: unknown, what: string, address: string): unknown {
  if (error instanceof DomainError || isAbortError(error)) return error
  if (isTransient(error))
    return new DomainError(
      'UNAVAILABLE',
      `cannot reach ${what} at ${address}: ${saying(error)}`,
      { address },
      { cause: error },
    )
  if (!(error instanceof ClientError)) return error
  if (error.code === Status.UNIMPLEMENTED)
    return new DomainError(
      'INTERNAL',
      `expected ${what} at ${address}, found another service, or ${what} of another release: ${error.details}; check the address`,
      { address },
      { cause: error },
    )
  const shown = `${what} at ${address} answered ${Status[error.code]}: ${error.details}`
  return new DomainError('INTERNAL', shown, { address }, { cause: error })
}

function saying(error: unknown): string {
  if (error instanceof ClientError) return lastError(error.details) || Status[error.code]
  return isTimeout(error) ? 'it does not answer' : String(error)
}

/** grpc-js wraps what happened in words about name resolution. */
function lastError(details: string): string {
  const inner = /Last error: (?:Error: )?(.*?)\.? *Resolution note:/.exec(details)?.[1]
  return inner || details
}
