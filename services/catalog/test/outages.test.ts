import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { startTestPostgres, waitUntil, type TestPostgres } from '@goldkeep/testing'
import { sql } from 'kysely'
import { startCatalog } from '../src/index.js'
import { startTestCatalog, type TestCatalog } from './support/test-catalog.js'
import { claim, openJobId, registerVolume, sealVersion } from './support/versions.js'

const reason = (name: string) => expect.objectContaining({ reason: name })

describe('a catalog', () => {
  let postgres: TestPostgres
  let house: TestCatalog
  let volumeId: string

  beforeAll(async () => {
    postgres = await startTestPostgres()
    house = await startTestCatalog(postgres)
    volumeId = await registerVolume(house)
    await house.images.create({ imageId: 'lab' })
  })
  afterAll(async () => {
    await house?.stop()
    await postgres?.stop()
  })

  /** What a restart of PostgreSQL does to its connections. */
  const cutConnections = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'goldkeep-catalog%'
        and pid <> pg_backend_pid()`.execute(house.db)
  const isRelayed = async (jobId: string) =>
    house.db
      .selectFrom('outbox')
      .select('outboxId')
      .where('jobId', '=', jobId)
      .where('relayedAt', 'is not', null)
      .executeTakeFirst()
  const isWaiting = async () => {
    const { rows } = await sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(house.db)
    return rows.length > 0
  }

  test('lives on when its database connections are cut, also in the middle of a call', async () => {
    let blocked: Promise<unknown> | undefined
    await house.db
      .transaction()
      .execute(async (trx) => {
        await trx.selectFrom('images').select('uid').where('imageId', '=', 'lab').forUpdate().execute()
        const promotion = { imageId: 'lab', versionId: '20200101T000000Z-aaaa' }
        blocked = house.images.promote(promotion).catch((error: unknown) => error)
        await waitUntil(isWaiting, { what: 'the promotion waits for the lock' })
        await cutConnections().catch(() => undefined)
      })
      .catch(() => undefined)
    expect(await blocked).toEqual(reason('UNAVAILABLE'))
    await waitUntil(() => house.images.get({ imageId: 'lab' }), { what: 'the catalog answers again' })

    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    await waitUntil(() => isRelayed(jobId), { what: 'the outbox is relayed again' })
  })

  test('shares the house with another one', async () => {
    const log = createLogger('catalog', 'silent')
    const second = await startCatalog(house.config, log, new AbortController().signal)
    expect(second.houseId).toBe(house.houseId)
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    await waitUntil(() => isRelayed(jobId), { what: 'one of them relays the job' })
    await second.stop()
    await claim(house, jobId)
  })

  test('that cannot start leaves nothing behind', async () => {
    const log = createLogger('catalog', 'silent')
    const taken = { ...house.config, port: house.port }
    await expect(startCatalog(taken, log, new AbortController().signal)).rejects.toThrow()
    const nowhere = { ...house.config, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' }
    await expect(startCatalog(nowhere, log, new AbortController().signal)).rejects.toThrow()
  })
})
