import { sql, type Kysely } from 'kysely'
import { listNotPresent, wantLooks } from '../db/looks-queries.js'
import { forgetRequests } from '../db/request-ids-queries.js'
import { forgetWorkers } from '../db/workers-queries.js'
import type { DB } from '../db/tables.js'
import type { Times } from '../domain/times.js'
import { pullBackTimes } from './pull-back-times.js'
import { endLapsedDeployments } from './sweep-deployments.js'
import { deriveMissingJobs, requeueLostJobs } from './sweep-jobs.js'
import { forgetOldJobs } from './forget-old-jobs.js'
import { expireUploads } from './sweep-uploads.js'

/** How much work of each kind was found that nobody was doing. */
export interface Swept {
  readonly uploadsExpired: number
  readonly jobsDerived: number
  readonly jobsRequeued: number
  readonly deploymentsEnded: number
}

export interface SweepSettings extends Pick<Times, 'uploadExpiryMs' | 'deploymentLeaseMs'> {
  /** Jobs that the queue should have and that nobody has claimed for so long are put back. */
  readonly requeueAfterMs: number
}

/** Versions that are not PRESENT and are looked at once more after a sweep. */
const mostLooks = 200
/** Any number; held by the one catalog that sweeps. */
const sweepLock = 7_460_002
const rememberedDays = 7

/**
 * Puts back whatever follows from the catalog's state and is under way nowhere: the queue is a hint, and
 * losing all of it loses nothing. Answers `undefined` while another catalog sweeps.
 */
export function sweep(db: Kysely<DB>, settings: SweepSettings): Promise<Swept | undefined> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ isMine: boolean }>`
      select pg_try_advisory_lock(${sweepLock}) as "isMine"`.execute(connection)
    if (!rows[0]?.isMine) return undefined
    try {
      return await sweepEach(connection, settings)
    } finally {
      await sql`select pg_advisory_unlock(${sweepLock})`.execute(connection)
    }
  })
}

/** Each step in a transaction of its own, so that locks are short and one fault does not undo another's work. */
async function sweepEach(connection: Kysely<DB>, settings: SweepSettings): Promise<Swept> {
  const { requeueAfterMs, uploadExpiryMs } = settings
  await connection.transaction().execute((trx) => pullBackTimes(trx, settings))
  const uploadsExpired = await expireUploads(connection, uploadExpiryMs)
  const deploymentsEnded = await connection.transaction().execute(endLapsedDeployments)
  const jobsDerived = await deriveMissingJobs(connection)
  const jobsRequeued = await requeueLostJobs(connection, requeueAfterMs)
  await wantLooks(connection, await listNotPresent(connection, mostLooks))
  await connection.transaction().execute(async (trx) => {
    await forgetRequests(trx, rememberedDays)
    await forgetOldJobs(trx)
    await forgetWorkers(trx)
  })
  return { uploadsExpired, jobsDerived, jobsRequeued, deploymentsEnded }
}
