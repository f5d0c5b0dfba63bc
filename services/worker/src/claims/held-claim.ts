import type { catalog } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import { withinCall, type ClaimDesk } from './claim-desk.js'

/** A job that this worker holds. */
export interface HeldClaim {
  readonly jobId: string
  /** Fences the worker's reports. */
  readonly token: string
  readonly work: NonNullable<catalog.Claim['work']>
  readonly coordination: catalog.CoordinationClient
  /** Aborted when the claim is lost, or the job must stop; the reason says which. */
  readonly signal: AbortSignal
  /** Calls the catalog with the job's id and token, again and again while it cannot be reached. */
  report<T>(send: (claim: ClaimReference, options: { signal: AbortSignal }) => Promise<T>): Promise<T>
}

export interface ClaimReference {
  readonly jobId: string
  readonly claimToken: string
}

/** How long a report waits for a catalog that is away. */
const reportMs = 120_000
const pauseMs = 1_000

/**
 * Keeps a claim alive: renews it at a third of its lease until released. A catalog that is away does not
 * end the work, since its fence refuses the report of whoever has lost the claim meanwhile.
 */
export function holdClaim(
  desk: ClaimDesk,
  jobId: string,
  claim: catalog.Claim & { readonly work: HeldClaim['work'] },
  stopping: AbortSignal,
): HeldClaim & { release(): void } {
  const lost = new AbortController()
  const signal = AbortSignal.any([stopping, lost.signal])
  const reference = { jobId, claimToken: claim.claimToken }
  let timer: NodeJS.Timeout
  let released = false

  const renewLater = (leaseSeconds: bigint): void => {
    timer = setTimeout(() => void renew(leaseSeconds), Math.max(100, (Number(leaseSeconds) * 1000) / 3))
  }
  const renew = async (leaseSeconds: bigint): Promise<void> => {
    let next = leaseSeconds
    try {
      next = (await desk.coordination.renewClaim(reference, { signal: withinCall(signal) })).leaseSeconds
    } catch (error) {
      if (isLost(error)) lost.abort(error)
      else if (!released) desk.log.warn({ err: error, jobId }, 'the claim could not be renewed')
    }
    if (!released && !signal.aborted) renewLater(next)
  }
  renewLater(claim.leaseSeconds)

  return {
    jobId,
    token: claim.claimToken,
    work: claim.work,
    coordination: desk.coordination,
    signal,
    report: (send) => sendUntilAnswered((options) => send(reference, options), signal),
    release: () => {
      released = true
      clearTimeout(timer)
    },
  }
}

const isLost = (error: unknown): boolean =>
  isDomainError(error, 'CLAIM_LOST') || isDomainError(error, 'JOB_NOT_FOUND')

/** An answer in the domain's words ends it; silence and broken connections are tried again. */
async function sendUntilAnswered<T>(
  send: (options: { signal: AbortSignal }) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const until = performance.now() + reportMs
  for (;;) {
    signal.throwIfAborted()
    try {
      return await send({ signal: withinCall(signal) })
    } catch (error) {
      signal.throwIfAborted()
      if (isAnswer(error) || performance.now() > until) throw error
    }
    await pause(signal)
  }
}

function isAnswer(error: unknown): boolean {
  return isDomainError(error) && error.kind !== 'unavailable' && error.kind !== 'internal'
}

/** Ends early, and well, when the signal aborts. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, pauseMs)
    signal.addEventListener('abort', done, { once: true })
  })
}
