import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { startTestPostgres, startTestRedis, type TestPostgres } from './index.js'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startTestPostgres()
})

afterAll(async () => {
  await postgres.stop()
})

async function databaseOf(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  await client.end()
  return rows[0]?.name
}

test('each test database is another one', async () => {
  const urls = [await postgres.createDatabase(), await postgres.createDatabase()]
  const names = await Promise.all(urls.map(databaseOf))
  expect(new Set(names).size).toBe(2)
})

test('a test Redis can be started, and is gone after its stop', async () => {
  const redis = await startTestRedis()
  expect(redis.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/)
  await redis.stop()
})
