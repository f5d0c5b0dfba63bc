import { createLogger } from '@goldkeep/service'
import type { TestPostgres } from '@goldkeep/testing'
import { sql, type Kysely, type Transaction } from 'kysely'
import { migrate } from '../../src/db/migrate.js'
import { openDatabase } from '../../src/db/open-database.js'
import type { DB } from '../../src/db/tables.js'

/** A migrated database of its own, without a catalog that works on it. */
export async function openTestDatabase(postgres: TestPostgres): Promise<Kysely<DB>> {
  const db = openDatabase(await postgres.createDatabase(), createLogger('test', 'silent'), 6)
  await migrate(db as unknown as Kysely<never>)
  return db
}

export const atomically = <Result>(
  db: Kysely<DB>,
  run: (trx: Transaction<DB>) => Promise<Result>,
): Promise<Result> => db.transaction().execute(run)

/** Takes every row out, so that the next test begins with an empty house. */
export async function emptyDatabase(db: Kysely<DB>): Promise<void> {
  await sql`truncate house, signing_keys, tokens, volumes, images, jobs, request_ids, change_log, audit cascade`.execute(
    db,
  )
}
