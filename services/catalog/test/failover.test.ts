import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { clientsWithBearer, createLogger, openChannel } from '@goldkeep/service'
import {
  startTestPostgres,
  tcpProxy,
  temporaryDirectory,
  waitUntil,
  type TcpProxy,
  type TestPostgres,
} from '@goldkeep/testing'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { loadCatalogConfig, startCatalog, type RunningCatalog } from '../src/index.js'

const log = createLogger('test', 'silent')
const numbers = Array.from({ length: 20 }, (_, number) => number)

/**
 * A database whose host vanishes without a reset. A copy of it takes its place at the same address, as it was
 * before the last changes.
 */
describe('a failover of the database', () => {
  let postgres: TestPostgres
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let host: string
  let proxy: TcpProxy
  let running: RunningCatalog
  let channel: ReturnType<typeof openChannel>
  let images: catalog.ImagesClient
  let server: pg.Client

  const startThroughProxy = () => {
    const url = new URL(postgres.url)
    url.host = proxy.address
    const config = loadCatalogConfig({
      GOLDKEEP_DATABASE_URL: url.href,
      GOLDKEEP_QUEUE_URL: url.href,
      GOLDKEEP_SERVICE_KEY: randomBytes(32).toString('base64'),
      GOLDKEEP_CATALOG_PORT: '0',
      GOLDKEEP_ADMIN_TOKEN_FILE: join(directory.path, 'token'),
    })
    return startCatalog(config, log, new AbortController().signal)
  }
  const nameOf = (url: string) => new URL(url).pathname.slice(1)
  const endSessions = (name: string) =>
    server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])

  beforeAll(async () => {
    postgres = await startTestPostgres()
    directory = await temporaryDirectory('failover')
    host = new URL(postgres.url).host
    server = new pg.Client({ connectionString: await postgres.createDatabase() })
    await server.connect()
    proxy = await tcpProxy(host)
    running = await startThroughProxy()
    const token = (await readFile(join(directory.path, 'token'), 'utf8')).trim()
    await running.stop()
    const name = nameOf(postgres.url)
    await endSessions(name)
    await server.query(`create database ${name}_copy template ${name}`)
    running = await startThroughProxy()
    channel = openChannel(`127.0.0.1:${running.port}`)
    images = clientsWithBearer(() => token).create(catalog.ImagesDefinition, channel)
    await images.create({ imageId: 'lab' })
  })
  afterAll(async () => {
    channel?.close()
    await running?.stop()
    await server?.end()
    await proxy?.stop()
    await directory?.remove()
    await postgres?.stop()
  })

  const failOver = async () => {
    const name = nameOf(postgres.url)
    await endSessions(name)
    await server.query(`alter database ${name} rename to ${name}_old`)
    await server.query(`alter database ${name}_copy rename to ${name}`)
    proxy.pointTo(host)
  }
  const create = (number: number) =>
    images.create({ imageId: `image-${number}`, requestId: `request-${number}` })
  const createAtLast = (number: number) =>
    waitUntil(
      () =>
        create(number).catch((error: unknown) => {
          expect(error).toMatchObject({ reason: 'UNAVAILABLE' })
          return undefined
        }),
      { what: `image ${number} is created`, timeoutMs: 30_000 },
    )
  const isListening = async () => {
    const { rows } = await server.query(
      `select 1 from pg_stat_activity
       where datname = $1 and application_name = 'goldkeep-catalog-listen'`,
      [nameOf(postgres.url)],
    )
    return rows.length > 0
  }

  test('is over within ten seconds for callers that repeat, and what they repeat is done once', async () => {
    await Promise.all(numbers.map(() => images.get({ imageId: 'lab' })))
    proxy.vanish()
    const vanished = performance.now()
    const created = numbers.map(createAtLast)
    await failOver()
    const uids = (await Promise.all(created)).map((image) => image?.uid)
    expect(performance.now() - vanished).toBeLessThan(10_000)
    expect(await Promise.all(numbers.map(async (number) => (await create(number)).uid))).toEqual(uids)
    // The copy was made before this image.
    await expect(images.get({ imageId: 'lab' })).rejects.toMatchObject({ reason: 'IMAGE_NOT_FOUND' })
    await waitUntil(isListening, { what: 'the relay listens again', timeoutMs: 15_000 })
  })
})
