import { createLogger } from '@goldkeep/service'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { openDatabase } from '../src/db/open-database.js'
import { reason } from './support/reason.js'
import { useTestCatalog } from './support/test-catalog.js'
import { registerVolume } from './support/versions.js'

describe('while the database is put back from a copy, and takes no connection', () => {
  const house = useTestCatalog()

  test('a report is refused as a whole, to be sent again, and not item by item', async () => {
    const volumeId = await registerVolume(house)
    const report = () => house.coordination.reportProgress({ volumeId })
    const name = new URL(house.config.databaseUrl).pathname.slice(1)
    const beside = openDatabase(await house.createDatabase(), createLogger('beside', 'silent'), 1)
    const allow = (allowed: boolean) =>
      sql`alter database ${sql.id(name)} allow_connections ${sql.lit(allowed)}`.execute(beside)
    await allow(false)
    try {
      await sql`select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = ${name}`.execute(
        beside,
      )
      // A connection that was ended is noticed at its next use, or is replaced before.
      await report().catch(() => {})
      await expect(report()).rejects.toEqual(reason('UNAVAILABLE'))
    } finally {
      await allow(true)
      await beside.destroy()
    }
    expect((await report()).refused).toEqual([])
  })
})
