import { DomainError } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { Times } from '../domain/times.js'
import { inMilliseconds } from '../db/clock.js'
import { lockJob } from '../db/jobs-queries.js'
import type { DB, JobRow } from '../db/tables.js'

/** What a worker shows to prove that it holds a job. */
export interface ClaimProof {
  readonly jobId: string
  readonly claimToken: string
}

/**
 * The job of a claim that still holds, locked. What a worker reports after its claim lapsed is refused,
 * since another may have done the work by then.
 * @throws DomainError JOB_NOT_FOUND, CLAIM_LOST
 */
export async function holdClaim(trx: Transaction<DB>, claim: ClaimProof): Promise<JobRow> {
  const job = await lockJob(trx, claim.jobId)
  if (!job) throw new DomainError('JOB_NOT_FOUND', `job ${claim.jobId}: not found`, { job_id: claim.jobId })
  const live = await trx
    .selectFrom('jobs')
    .select('jobId')
    .where('jobId', '=', claim.jobId)
    .where('state', '=', 'open')
    .where('claimToken', '=', claim.claimToken)
    .where('claimExpiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst()
  if (!live)
    throw new DomainError(
      'CLAIM_LOST',
      `job ${claim.jobId}: the claim has lapsed, or another worker holds it; drop this run`,
      { job_id: claim.jobId },
    )
  return job
}

/** Keeps a claim for another lease. @throws DomainError JOB_NOT_FOUND, CLAIM_LOST */
export async function renewClaim(trx: Transaction<DB>, claim: ClaimProof, times: Times): Promise<void> {
  await holdClaim(trx, claim)
  await trx
    .updateTable('jobs')
    .set({ claimExpiresAt: inMilliseconds(times.claimLeaseMs), updatedAt: sql`now()` })
    .where('jobId', '=', claim.jobId)
    .execute()
}
