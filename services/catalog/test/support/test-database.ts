import { createLogger } from '@goldkeep/service'
import { sql, type Kysely, type Transaction } from 'kysely'
import { migrate } from '../../src/db/migrate.js'
import { openDatabase } from '../../src/db/open-database.js'
import type { DB } from '../../src/db/tables.js'
import { sweep, type Swept, type SweepSettings } from '../../src/operations/sweep.js'

/** Opens and migrates a database, without a catalog that works on it. */
export async function openTestDatabase(url: string): Promise<Kysely<DB>> {
  const db = openDatabase(url, createLogger('test', 'silent'), 6)
  await migrate(db as unknown as Kysely<never>)
  return db
}

export const atomically = <Result>(
  db: Kysely<DB>,
  run: (trx: Transaction<DB>) => Promise<Result>,
): Promise<Result> => db.transaction().execute(run)

/** Takes every row out, so that the next test begins with an empty house. */
export async function emptyDatabase(db: Kysely<DB>): Promise<void> {
  await sql`truncate house, signing_keys, tokens, volumes, images, jobs, workers, request_ids, change_log, audit cascade`.execute(
    db,
  )
}

/** Whether a query of this database waits for another's lock. */
export async function isAnyWaiting(db: Kysely<DB>): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows.length > 0
}

/** One round of the sweeper, with the settings of a fresh installation. */
export const sweepOnce = (
  db: Kysely<DB>,
  settings: Partial<SweepSettings> = {},
): Promise<Swept | undefined> =>
  sweep(db, {
    requeueAfterMs: 60_000,
    uploadExpiryMs: 86_400_000,
    deploymentLeaseMs: 14_400_000,
    ...settings,
  })
