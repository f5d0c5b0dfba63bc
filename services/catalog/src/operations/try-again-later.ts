import type { Transaction } from 'kysely'
import { backoffMs } from '../domain/backoff.js'
import type { Times } from '../domain/times.js'
import { failJobForGood, releaseJob } from '../db/jobs-queries.js'
import type { DB, JobRow } from '../db/tables.js'

/**
 * Gives a job that came to nothing back, to be tried after its back-off. A validation that had its tries has
 * failed: its version counts as not judged until somebody asks for another validation.
 */
export async function tryAgainLater(
  trx: Transaction<DB>,
  job: JobRow,
  lastError: string,
  { validationTries }: Pick<Times, 'validationTries'>,
): Promise<void> {
  if (hadItsTries(job, validationTries)) return failJobForGood(trx, job.jobId, lastError)
  await releaseJob(trx, job, backoffMs(job.attempts), lastError)
}

/** Other jobs are tried without end: nobody but a worker can do what they do. */
export const hadItsTries = ({ kind, attempts }: Pick<JobRow, 'kind' | 'attempts'>, tries: number): boolean =>
  kind === 'validate' && attempts >= tries
