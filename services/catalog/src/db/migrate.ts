import { usualLimits } from '@goldkeep/postgres/pool'
import type { Logger } from '@goldkeep/service'
import { Migrator, type Kysely } from 'kysely'
import { migrations } from './migrations/index.js'
import { openDatabase } from './open-database.js'

/** Brings the database up to date. Several catalogs may start at once: the migrator holds an advisory lock. */
export async function migrate(db: Kysely<never>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
  const { error, results } = await migrator.migrateToLatest()
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')?.migrationName
  const why = error instanceof Error ? error.message : 'unknown fault'
  throw new Error(`the database could not be migrated${failed ? ` (${failed})` : ''}: ${why}`, {
    cause: error,
  })
}

/** The same for an address. A migration may run, and wait for another catalog's, longer than any call may. */
export async function migrateDatabase(url: string, log: Logger): Promise<void> {
  const db = openDatabase(url, log, 2, { ...usualLimits, statementMs: 0, lockMs: 0 })
  try {
    await migrate(db as unknown as Kysely<never>)
  } finally {
    await db.destroy()
  }
}
