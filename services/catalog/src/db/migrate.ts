import { Migrator, type Kysely } from 'kysely'
import { migrations } from './migrations/index.js'

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
