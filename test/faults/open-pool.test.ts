import { startTestPostgres, tcpProxy, waitUntil, type TcpProxy, type TestPostgres } from '@goldkeep/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { openPool, usualLimits } from '@goldkeep/postgres/pool'

const silent = { warn: () => {} }
const limits = { ...usualLimits, silenceMs: 600, connectMs: 600 }

describe('a pool', () => {
  let postgres: TestPostgres
  let proxy: TcpProxy
  let pool: pg.Pool
  let host: string

  beforeAll(async () => {
    postgres = await startTestPostgres()
    host = new URL(postgres.url).host
  })
  beforeEach(async () => {
    proxy = await tcpProxy(host)
    const url = new URL(postgres.url)
    url.host = proxy.address
    pool = openPool({ url: url.href, applicationName: 'pool-test', maxConnections: 5, limits }, silent)
  })
  afterEach(async () => {
    await pool.end()
    await proxy.stop()
  })
  afterAll(() => postgres?.stop())

  const ask = () => pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  const failureOf = (query: Promise<unknown>) =>
    query.then(
      () => undefined,
      (error: unknown) => error,
    )
  const askAtOnce = (count: number) => Promise.all(Array.from({ length: count }, ask))

  test('waits for a statement that takes long, and for one that waits for a lock', async () => {
    const holder = await pool.connect()
    await holder.query('select pg_advisory_lock(1)')
    const waiting = pool.query('select pg_advisory_lock(1)')
    await pool.query('select pg_sleep(2.5)')
    await holder.query('select pg_advisory_unlock(1)')
    await waiting
    holder.release()
  })

  test('rejects the queries of a server that vanished, and serves again once another answers', async () => {
    await askAtOnce(5)
    const sleeping = failureOf(pool.query('select pg_sleep(60)'))
    const transaction = await pool.connect()
    await transaction.query('begin')
    proxy.vanish()
    const lost = failureOf(transaction.query('select 1'))
    expect(await Promise.all([sleeping, lost])).toEqual([
      expect.objectContaining({ code: 'ETIMEDOUT' }),
      expect.objectContaining({ code: 'ETIMEDOUT' }),
    ])
    await expect(ask()).rejects.toThrow()
    transaction.release()
    proxy.pointTo(host)
    await ask()
  })

  test('gives nobody a connection from before, though the server still has its session', async () => {
    await askAtOnce(5)
    proxy.vanish()
    proxy.pointTo(host)
    await expect(ask()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    await askAtOnce(5)
  })

  test('finds a connection dead that only waits for notifications', async () => {
    const listener = await pool.connect()
    const ended = new Promise((resolve) => listener.once('end', resolve))
    const { rows } = await listener.query<{ pid: number }>('select pg_backend_pid() as pid')
    proxy.vanish()
    proxy.pointTo(host)
    await waitUntil(
      () =>
        ask().then(
          () => true,
          () => false,
        ),
      { what: 'the pool serves again' },
    )
    await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    await ended
    listener.release()
  })
})
