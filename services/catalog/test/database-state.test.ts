import { createLogger } from '@goldkeep/service'
import { copyDatabase } from '@goldkeep/testing'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { getHouse, raiseEpochAbove, readDatabaseState } from '../src/db/house-queries.js'
import { openDatabase } from '../src/db/open-database.js'
import { useTestCatalog } from './support/test-catalog.js'

describe('a database tells', () => {
  const house = useTestCatalog()
  const incarnation = async (db = house.db): Promise<string> => (await readDatabaseState(db)).incarnation

  test('that it is the same, and counts its transactions', async () => {
    const before = await readDatabaseState(house.db)
    await house.images.create({ imageId: 'counted' })
    const after = await readDatabaseState(house.db)
    expect(after.incarnation).toBe(before.incarnation)
    expect(after.position).toBeGreaterThan(before.position)
  })

  test('that its rows were taken away and put back', async () => {
    const before = await incarnation()
    await house.db.transaction().execute(async (trx) => {
      await sql`create temporary table kept on commit drop as table house`.execute(trx)
      await sql`delete from house`.execute(trx)
      await sql`insert into house select * from kept`.execute(trx)
    })
    expect(await incarnation()).not.toBe(before)
  })

  test('no epoch lower than it had', async () => {
    const raise = (seen: number): Promise<number> =>
      house.db.transaction().execute((trx) => raiseEpochAbove(trx, seen))
    expect(await raise(9)).toBe(10)
    expect(await raise(3)).toBe(10)
    expect((await getHouse(house.db)).epoch).toBe(10)
  })

  test('that a copy of it, put in its place, is another', async () => {
    const before = await incarnation()
    const copy = openDatabase(await copyDatabase(house.config.databaseUrl), createLogger('copy', 'silent'), 1)
    const after = await incarnation(copy).finally(() => copy.destroy())
    expect(after).not.toBe(before)
  })
})
