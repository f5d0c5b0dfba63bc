import { sql, type Kysely, type RawBuilder } from 'kysely'
import { enqueueAgain, ensureJob, isFromLater, lockJob } from '../db/jobs-queries.js'
import type { DB, JobKind } from '../db/tables.js'

/** Work found at once; the next sweep finds the rest. */
const limit = 1_000

/** Work that the state of versions and images calls for and no job is there for. */
export async function deriveMissingJobs(db: Kysely<DB>): Promise<number> {
  const unjudged = await db
    .selectFrom('versions')
    .select('versionId as subject')
    .where('lifecycle', '=', 'SEALED')
    .where(awaitsValidation)
    .where(noJobFor('validate', sql.ref('versions.version_id')))
    .limit(limit)
    .execute()
  const unpublished = await db
    .selectFrom('publications')
    .select(sql<string>`image_uid || '/' || volume_id`.as('subject'))
    .where(sql<boolean>`published_generation < wanted_generation`)
    .where(noJobFor('publish', sql<string>`publications.image_uid || '/' || publications.volume_id`))
    .limit(limit)
    .execute()
  const unended = await db
    .selectFrom('versions')
    .select('versionId as subject')
    .where('pendingCommand', '=', 'END_UPLOAD')
    .where(noJobFor('end-upload', sql.ref('versions.version_id')))
    .limit(limit)
    .execute()
  return (
    (await ensureEach(db, 'validate', unjudged)) +
    (await ensureEach(db, 'publish', unpublished)) +
    (await ensureEach(db, 'end-upload', unended))
  )
}

/** Its verdict is open or its bytes are doubted, and a volume has them. */
const awaitsValidation = sql<boolean>`exists (
    select from locations where locations.version_id = versions.version_id and locations.presence <> 'MISSING'
      and (versions.verdict = 'PENDING' or locations.doubted_at is not null))`

/**
 * A job that failed for good counts for an hour, after which the work is tried again. A validation that had its tries
 * counts until somebody asks for another.
 */
const noJobFor = (kind: JobKind, subject: RawBuilder<unknown>) => sql<boolean>`
  not exists (
    select 1 from jobs
    where jobs.subject_id = ${subject} and jobs.kind = ${kind}
      and (jobs.state = 'open' or (jobs.state = 'failed' and ((jobs.kind = 'validate' and jobs.attempts > 0) or jobs.updated_at > now() - interval '1 hour')))
  )`

async function ensureEach(
  db: Kysely<DB>,
  kind: JobKind,
  found: readonly { readonly subject: string }[],
): Promise<number> {
  for (const { subject } of found) await db.transaction().execute((trx) => ensureJob(trx, kind, subject))
  return found.length
}

/**
 * Open jobs that the queue seems to have lost: the claim lapsed, or nobody claimed it for a while although
 * the outbox was relayed. Telling the queue of one that it still has does no harm.
 */
export async function requeueLostJobs(db: Kysely<DB>, requeueAfterMs: number): Promise<number> {
  const lost = await selectLost(db, requeueAfterMs).limit(limit).execute()
  let requeued = 0
  for (const { jobId } of lost) {
    const isRequeued = await db.transaction().execute(async (trx) => {
      const job = await lockJob(trx, jobId)
      const still = await selectLost(trx, requeueAfterMs).where('jobs.jobId', '=', jobId).executeTakeFirst()
      if (!job || !still) return false
      await trx
        .updateTable('jobs')
        .set({ claimToken: null, claimExpiresAt: null })
        .where('jobId', '=', jobId)
        .execute()
      await enqueueAgain(trx, job)
      return true
    })
    if (isRequeued) requeued += 1
  }
  return requeued
}

const selectLost = (db: Kysely<DB>, requeueAfterMs: number) =>
  db.selectFrom('jobs').select('jobs.jobId').where('jobs.state', '=', 'open').where(sql<boolean>`
      case when ${isFromLater} then true
      when jobs.claim_expires_at is not null then jobs.claim_expires_at < now()
      else greatest(jobs.enqueued_at, jobs.run_after) < now() - ${requeueAfterMs} * interval '1 millisecond'
      end`).where(sql<boolean>`not exists (
      select 1 from outbox where outbox.job_id = jobs.job_id and outbox.relayed_at is null)`)
