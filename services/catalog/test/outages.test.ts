import { describe, expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { waitUntil } from '@goldkeep/testing'
import { sql } from 'kysely'
import { startCatalog } from '../src/index.js'
import { reason } from './support/reason.js'
import { isAnyWaiting } from './support/test-database.js'
import { claim, openJobId, sealVersion, useLab } from './support/versions.js'

const log = createLogger('catalog', 'silent')

describe('a catalog', () => {
  const { house, volumeId } = useLab()

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

  test('lives on when its database connections are cut, also in the middle of a call', async () => {
    let blocked: Promise<unknown> | undefined
    await house.db
      .transaction()
      .execute(async (trx) => {
        await trx.selectFrom('images').select('uid').where('imageId', '=', 'lab').forUpdate().execute()
        const promotion = { imageId: 'lab', versionId: '20200101T000000Z-aaaa' }
        blocked = house.images.promote(promotion).catch((error: unknown) => error)
        await waitUntil(() => isAnyWaiting(house.db), { what: 'the promotion waits for the lock' })
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
    const second = await startCatalog(house.config, log, new AbortController().signal)
    expect(second.houseId).toBe(house.houseId)
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    await waitUntil(() => isRelayed(jobId), { what: 'one of them relays the job' })
    await second.stop()
    await claim(house, jobId)
  })

  test('that cannot listen leaves no connection behind', async () => {
    const databaseUrl = await house.createDatabase()
    const adminTokenFile = `${house.config.adminTokenFile}.of-another`
    const taken = { ...house.config, databaseUrl, queueUrl: databaseUrl, adminTokenFile, port: house.port }
    const starting = startCatalog(taken, log, new AbortController().signal)
    await expect(starting).rejects.toThrow(/EADDRINUSE|in use/)
    const name = new URL(databaseUrl).pathname.slice(1)
    const isLeftAlone = async () => {
      const { rows } = await sql`select 1 from pg_stat_activity where datname = ${name}`.execute(house.db)
      return rows.length === 0
    }
    await waitUntil(isLeftAlone, { what: 'every connection is closed' })
  })

  test('that does not reach its database does not start', async () => {
    const nowhere = { ...house.config, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' }
    await expect(startCatalog(nowhere, log, new AbortController().signal)).rejects.toThrow()
  })
})
