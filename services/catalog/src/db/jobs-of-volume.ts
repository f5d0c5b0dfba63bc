import { sql, type Transaction } from 'kysely'
import { outboxChannel } from './jobs-queries.js'
import type { DB, JobRow } from './tables.js'

/** Jobs that give commands to a volume's storage; a validation reads the bytes itself. */
const commandsVolume = sql<string | null>`
  case jobs.kind
    when 'publish' then split_part(jobs.subject_id, '/', 2)
    when 'end-upload' then (select volume_id from uploads where uploads.version_id = jobs.subject_id)
  end`

/** The volume whose storage the job needs. */
export async function volumeOfJob(
  trx: Transaction<DB>,
  { jobId }: Pick<JobRow, 'jobId'>,
): Promise<string | null> {
  const { volumeId } = await trx
    .selectFrom('jobs')
    .select(commandsVolume.as('volumeId'))
    .where('jobId', '=', jobId)
    .executeTakeFirstOrThrow()
  return volumeId
}

/** Ends the jobs that a volume which is gone for good will never do. */
export async function endJobsOfVolume(trx: Transaction<DB>, volumeId: string): Promise<void> {
  await sql`
    update jobs set state = 'done', claim_token = null, claim_expires_at = null, updated_at = now()
    where state <> 'done' and ${commandsVolume} = ${volumeId}`.execute(trx)
}

/** Lets what waits for a volume be done now: it is back, and earlier failures say nothing about it. */
export async function wakeJobsOfVolume(trx: Transaction<DB>, volumeId: string): Promise<void> {
  const { rows } = await sql<{ jobId: string }>`
    update jobs set attempts = 0, run_after = now(), enqueued_at = now(), updated_at = now()
    where state = 'open' and claim_token is null and ${commandsVolume} = ${volumeId}
    returning job_id as "jobId"`.execute(trx)
  if (rows.length === 0) return
  await trx
    .updateTable('outbox')
    .set({ deliverAt: sql`now()` })
    .where(sql<boolean>`job_id = any(${sql.val(rows.map(({ jobId }) => jobId))}::text[])`)
    .where('relayedAt', 'is', null)
    .execute()
  await sql`select pg_notify(${outboxChannel}, '')`.execute(trx)
}
