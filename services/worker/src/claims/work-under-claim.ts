import { UnrecoverableError } from 'bullmq'
import { catalog } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import type { RunningJob } from '@goldkeep/jobs'
import { withinCall, type ClaimDesk } from './claim-desk.js'
import { holdClaim, type HeldClaim } from './held-claim.js'
import { PermanentFault } from './permanent-fault.js'

/** Does a claimed job and reports on it; what it throws makes the catalog try the job again later. */
export type Work = (claim: HeldClaim) => Promise<void>

/**
 * The life of one job: take it in the catalog, keep the claim while working, give it up when it cannot be
 * done now. The queue's own record ends quietly whenever the catalog knows what is to become of the job.
 */
export async function workUnderClaim(desk: ClaimDesk, job: RunningJob, work: Work): Promise<void> {
  const { jobId } = job.payload
  const claim = await takeClaim(desk, job)
  if (!claim) return
  const held = holdClaim(desk, jobId, claim, job.signal)
  desk.log.info({ jobId, kind: claim.work.$case }, 'job begun')
  try {
    await work(held)
    desk.log.info({ jobId, kind: claim.work.$case }, 'job done')
  } catch (error) {
    // Stopping work reports whatever it stumbled over; why it stopped says more.
    await giveUp(desk, held, held.signal.aborted ? held.signal.reason : error)
  } finally {
    held.release()
  }
}

/** The claim, or nothing when there is nothing to do here: done, held by another, or beyond this worker. */
async function takeClaim(
  { coordination, workerId, capabilities, log }: ClaimDesk,
  { payload, signal }: RunningJob,
): Promise<(catalog.Claim & { readonly work: HeldClaim['work'] }) | undefined> {
  const { jobId } = payload
  try {
    const request = { jobId, workerId, capabilities: [...(await capabilities())], clockTime: new Date() }
    const { outcome } = await coordination.claimJob(request, { signal: withinCall(signal) })
    if (outcome?.$case === 'claim') {
      const { work } = outcome.value
      if (work) return { ...outcome.value, work }
      throw new UnrecoverableError(`job ${jobId}: its work is of a kind that this worker does not know`)
    }
    const refusal = outcome ? catalog.claimRefusalToJSON(outcome.value) : 'no answer'
    log.debug({ jobId, refusal }, 'job left alone')
  } catch (error) {
    if (!isDomainError(error, 'JOB_NOT_FOUND')) throw error
    log.warn({ jobId }, 'the catalog does not know the job')
  }
  return undefined
}

/** Throws only when the catalog was not told, so that the queue itself tries again. */
async function giveUp(
  { coordination, log }: ClaimDesk,
  { jobId, token }: HeldClaim,
  fault: unknown,
): Promise<void> {
  if (isDomainError(fault, 'CLAIM_LOST') || isDomainError(fault, 'JOB_NOT_FOUND')) {
    log.warn({ jobId, err: fault }, 'the claim was lost, and the work is dropped')
    return
  }
  const permanent = fault instanceof PermanentFault
  const error = fault instanceof Error ? fault.message : String(fault)
  log.warn({ jobId, err: fault, permanent }, 'job given up')
  try {
    await coordination.failJob({ jobId, claimToken: token, error, permanent }, { signal: withinCall() })
  } catch (unheard) {
    if (isDomainError(unheard, 'CLAIM_LOST')) return
    log.warn({ jobId, err: unheard }, 'the catalog could not be told')
    throw fault
  }
  if (permanent) throw new UnrecoverableError(error)
}
