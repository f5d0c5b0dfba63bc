import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Times } from '../domain/times.js'
import { inMilliseconds } from '../db/clock.js'
import { enqueueAgain, finishJob, lockJob } from '../db/jobs-queries.js'
import type { DB } from '../db/tables.js'
import { deriveWork, type Work } from './derive-work.js'

export interface Claimant {
  readonly workerId: string
  readonly capabilities: readonly string[]
}

export type ClaimOutcome =
  | { readonly claimToken: string; readonly leaseMs: number; readonly work: Work }
  | { readonly refusal: 'DONE' | 'HELD' | 'INCAPABLE' }

/** How long a job waits for a worker that is able to do it, before the queue hears of it again. */
const incapableDelayMs = 5_000

/**
 * Gives a job to one worker for a while, with what is to be done as of now. A job that the catalog does not
 * know comes from a queue that outlived its database: nothing is left to do.
 */
export async function claimJob(
  trx: Transaction<DB>,
  jobId: string,
  claimant: Claimant,
  times: Times,
): Promise<ClaimOutcome> {
  const job = await lockJob(trx, jobId)
  if (!job || job.state !== 'open') return { refusal: 'DONE' }
  if (await isHeld(trx, jobId)) return { refusal: 'HELD' }
  const work = await deriveWork(trx, job.kind, job.subjectId, times)
  if (!work) {
    await finishJob(trx, jobId)
    return { refusal: 'DONE' }
  }
  if (work.kind === 'validate' && work.needsWimlib && !claimant.capabilities.includes('wimlib')) {
    await enqueueAgain(trx, job, incapableDelayMs)
    return { refusal: 'INCAPABLE' }
  }
  const claimToken = randomUUID()
  await trx
    .updateTable('jobs')
    .set({
      claimToken,
      workerId: claimant.workerId,
      claimExpiresAt: inMilliseconds(times.claimLeaseMs),
      attempts: sql`attempts + 1`,
      updatedAt: sql`now()`,
    })
    .where('jobId', '=', jobId)
    .execute()
  return { claimToken, leaseMs: times.claimLeaseMs, work }
}

async function isHeld(trx: Transaction<DB>, jobId: string): Promise<boolean> {
  const held = await trx
    .selectFrom('jobs')
    .select('jobId')
    .where('jobId', '=', jobId)
    .where('claimExpiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return held !== undefined
}
