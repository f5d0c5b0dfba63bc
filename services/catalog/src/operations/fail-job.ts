import { cleanText, textLimits } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { Times } from '../domain/times.js'
import { failJobForGood } from '../db/jobs-queries.js'
import type { DB } from '../db/tables.js'
import { tryAgainLater } from './try-again-later.js'
import { holdClaim, type ClaimProof } from './hold-claim.js'

/**
 * The worker gives the job up: for good when the fault is permanent, else until its back-off has passed.
 * @throws DomainError JOB_NOT_FOUND, CLAIM_LOST
 */
export async function failJob(
  trx: Transaction<DB>,
  claim: ClaimProof,
  fault: { readonly error: string; readonly permanent: boolean },
  times: Pick<Times, 'validationTries'>,
): Promise<void> {
  const job = await holdClaim(trx, claim)
  const lastError = cleanText(fault.error, textLimits.prose, 'multi-line')
  if (!fault.permanent) return tryAgainLater(trx, job, lastError, times)
  // It has no tries to its account, so that the sweeper opens it again after a while.
  await failJobForGood(trx, job.jobId, lastError, { attempts: 0 })
}
