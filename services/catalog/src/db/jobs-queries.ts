import { newOpaqueId } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import { inMilliseconds } from './clock.js'
import type { DB, JobKind, JobRow } from './tables.js'

/** The channel by which the relay is woken; a hint, it polls as well. */
export const outboxChannel = 'goldkeep_outbox'

/**
 * Makes sure that one open job of the kind exists for the subject, and tells the queue of a new one. In
 * the same transaction as the change that calls for it, so that neither is there without the other. A job
 * that failed for good is opened again, so that failures do not pile up.
 */
export async function ensureJob(trx: Transaction<DB>, kind: JobKind, subjectId: string): Promise<void> {
  // Held until the change is committed: a worker that claims the job meanwhile waits, and sees the change;
  // one that has just found nothing to do is waited for, and its job is over.
  const open = await findJobOf(trx, kind, subjectId, 'open').forShare().executeTakeFirst()
  if (open) return
  const job = (await reopenJob(trx, kind, subjectId)) ?? (await addJob(trx, kind, subjectId))
  if (job) await addToOutbox(trx, kind, job.jobId, 0)
}

/**
 * The same for work that has to begin after now. A worker that is at it already began before: its claim ends, what
 * it reports is refused, and the queue is told again.
 */
export async function restartJob(trx: Transaction<DB>, kind: JobKind, subjectId: string): Promise<void> {
  const claimed = await trx
    .updateTable('jobs')
    .set({ claimToken: null, claimExpiresAt: null, attempts: 0 })
    .where('kind', '=', kind)
    .where('subjectId', '=', subjectId)
    .where('state', '=', 'open')
    .where('claimToken', 'is not', null)
    .returning(['jobId', 'kind'])
    .executeTakeFirst()
  if (claimed) await enqueueAgain(trx, claimed)
  else await ensureJob(trx, kind, subjectId)
}

/** Holds what is to be done about these subjects as it is, until the transaction ends. */
export async function lockOpenJobs(
  trx: Transaction<DB>,
  kind: JobKind,
  subjectIds: readonly string[],
): Promise<void> {
  await trx
    .selectFrom('jobs')
    .select('jobId')
    .where('kind', '=', kind)
    .where(sql<boolean>`subject_id = any(${sql.val([...subjectIds])}::text[])`)
    .where('state', '=', 'open')
    .orderBy('jobId')
    .forUpdate()
    .execute()
}

const findJobOf = (trx: Transaction<DB>, kind: JobKind, subjectId: string, state: JobRow['state']) =>
  trx
    .selectFrom('jobs')
    .select('jobId')
    .where('kind', '=', kind)
    .where('subjectId', '=', subjectId)
    .where('state', '=', state)

async function reopenJob(trx: Transaction<DB>, kind: JobKind, subjectId: string) {
  const failed = await findJobOf(trx, kind, subjectId, 'failed').limit(1).forUpdate().executeTakeFirst()
  if (!failed) return undefined
  return trx
    .updateTable('jobs')
    .set({
      state: 'open',
      attempts: 0,
      lastError: '',
      runAfter: sql`now()`,
      enqueuedAt: sql`now()`,
      updatedAt: sql`now()`,
    })
    .where('jobId', '=', failed.jobId)
    .where('state', '=', 'failed')
    .returning('jobId')
    .executeTakeFirst()
}

const addJob = (trx: Transaction<DB>, kind: JobKind, subjectId: string) =>
  trx
    .insertInto('jobs')
    .values({ jobId: newOpaqueId('job'), kind, subjectId })
    .onConflict((conflict) => conflict.columns(['kind', 'subjectId']).where('state', '=', 'open').doNothing())
    .returning('jobId')
    .executeTakeFirst()

/**
 * Whether the database's clock went back since a job was changed last; its times then lie too far ahead. Only
 * `clock_timestamp()` is later than all changes that a statement can see; `now()` is when its transaction began.
 */
export const isFromLater = sql<boolean>`jobs.updated_at > clock_timestamp()`

/** Tells the queue of a job once more. @param delayMs not before this has passed */
export async function enqueueAgain(
  trx: Transaction<DB>,
  job: { readonly jobId: string; readonly kind: JobKind },
  delayMs = 0,
): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ enqueuedAt: inMilliseconds(delayMs), updatedAt: sql`now()` })
    .where('jobId', '=', job.jobId)
    .execute()
  await addToOutbox(trx, job.kind, job.jobId, delayMs)
}

async function addToOutbox(
  trx: Transaction<DB>,
  queue: JobKind,
  jobId: string,
  delayMs: number,
): Promise<void> {
  await trx
    .insertInto('outbox')
    .values({ outboxId: newOpaqueId('out'), queue, jobId, deliverAt: inMilliseconds(delayMs) })
    .execute()
  if (delayMs === 0) await sql`select pg_notify(${outboxChannel}, '')`.execute(trx)
}

export async function findJob(db: Kysely<DB>, jobId: string): Promise<JobRow | undefined> {
  return db.selectFrom('jobs').selectAll().where('jobId', '=', jobId).executeTakeFirst()
}

export async function lockJob(trx: Transaction<DB>, jobId: string): Promise<JobRow | undefined> {
  return trx.selectFrom('jobs').selectAll().where('jobId', '=', jobId).forUpdate().executeTakeFirst()
}

/** Ends a job: there is nothing left to do. */
export async function finishJob(trx: Transaction<DB>, jobId: string): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ state: 'done', claimToken: null, claimExpiresAt: null, updatedAt: sql`now()` })
    .where('jobId', '=', jobId)
    .execute()
}

/** Ends a job without success. @param more what else the sweeper is to know of it */
export async function failJobForGood(
  trx: Transaction<DB>,
  jobId: string,
  lastError: string,
  more: { readonly attempts?: number } = {},
): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({
      state: 'failed',
      claimToken: null,
      claimExpiresAt: null,
      lastError,
      updatedAt: sql`now()`,
      ...more,
    })
    .where('jobId', '=', jobId)
    .execute()
}

/** Gives the job back, to be tried again after a while. */
export async function releaseJob(
  trx: Transaction<DB>,
  job: { readonly jobId: string; readonly kind: JobKind },
  delayMs: number,
  lastError: string,
): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({
      ...{ claimToken: null, claimExpiresAt: null, runAfter: inMilliseconds(delayMs), lastError },
      // It got on: what failed before does not make it wait longer when it fails again.
      ...(delayMs === 0 && { attempts: 0 }),
    })
    .where('jobId', '=', job.jobId)
    .execute()
  await enqueueAgain(trx, job, delayMs)
}
