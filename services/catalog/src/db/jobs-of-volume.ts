import { sql, type Transaction } from 'kysely'
import { outboxChannel } from './jobs-queries.js'
import type { DB, JobRow } from './tables.js'

/** Jobs that give commands to a volume's storage; a validation reads the bytes itself. */
const commandsVolume = sql<string | null>`
  case jobs.kind
    when 'publish' then split_part(jobs.subject_id, '/', 2)
    when 'end-upload' then (select volume_id from uploads where uploads.version_id = jobs.subject_id)
  end`

/** Whether the job needs the storage of a volume that has not reported for so long. */
export async function isForSilentVolume(
  trx: Transaction<DB>,
  { jobId }: Pick<JobRow, 'jobId'>,
  silenceMs: number,
): Promise<boolean> {
  const silent = await trx
    .selectFrom('jobs')
    .innerJoin('volumes', (join) => join.on(sql<boolean>`volumes.volume_id = ${commandsVolume}`))
    .select('volumes.volumeId')
    .where('jobs.jobId', '=', jobId)
    .where(sql<boolean>`volumes.last_seen_at < now() - ${silenceMs} * interval '1 millisecond'`)
    .executeTakeFirst()
  return silent !== undefined
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
