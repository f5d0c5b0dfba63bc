import { sql, type Kysely } from 'kysely'
import type { DB } from './tables.js'

/** Each setting that makes an answered commit durable, and what it must not be. */
const durabilitySettings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const

/**
 * Refuses a database that would lose what it has answered.
 * @throws Error that names every such setting
 */
export async function checkDatabase(db: Kysely<DB>): Promise<void> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in (${sql.join([...durabilitySettings])})`.execute(db)
  const off = rows.filter((row) => row.setting === 'off').map((row) => row.name)
  if (off.length > 0)
    throw new Error(
      `the database is not durable: expected ${off.join(', ')} to be on, found off; ` +
        'set it to on in postgresql.conf and reload (a promotion that was answered must survive a power cut)',
    )
}
