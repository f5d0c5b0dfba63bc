import { cleanText, textLimits } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { backoffMs } from '../domain/backoff.js'
import { releaseJob } from '../db/jobs-queries.js'
import type { DB } from '../db/tables.js'
import { holdClaim, type ClaimProof } from './hold-claim.js'

/**
 * The worker gives the job up: for good when the fault is permanent, else until its back-off has passed.
 * @throws DomainError JOB_NOT_FOUND, CLAIM_LOST
 */
export async function failJob(
  trx: Transaction<DB>,
  claim: ClaimProof,
  fault: { readonly error: string; readonly permanent: boolean },
): Promise<void> {
  const job = await holdClaim(trx, claim)
  const lastError = cleanText(fault.error, textLimits.prose, 'multi-line')
  if (!fault.permanent) return releaseJob(trx, job, backoffMs(job.attempts), lastError)
  await trx
    .updateTable('jobs')
    .set({ state: 'failed', claimToken: null, claimExpiresAt: null, lastError, updatedAt: sql`now()` })
    .where('jobId', '=', job.jobId)
    .execute()
}
