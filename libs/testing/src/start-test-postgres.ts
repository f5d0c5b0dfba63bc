import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { startPostgres } from '@goldkeep/postgres'
import { createLogger } from '@goldkeep/service'
import { directoryInMemory } from './temporary-directory.js'

export interface TestPostgres {
  /** A database that nobody else uses; more come from `createDatabase`. */
  readonly url: string
  /** Makes an empty database and returns its `postgres://` address. */
  readonly createDatabase: () => Promise<string>
  readonly stop: () => Promise<void>
}

/** Where a run of many suites tells each that a server is there already. */
export const sharedPostgresVariable = 'GOLDKEEP_TEST_POSTGRES_URL'

/**
 * A real PostgreSQL with the settings of production, in memory where there is room: its syncs mean nothing here. In a run of all suites
 * they share one server, and `stop` leaves it to its owner.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const shared = process.env[sharedPostgresVariable]
  if (!shared) return startOwnTestPostgres()
  return {
    // Suites that run side by side must not meet in one database.
    url: await createDatabase(shared),
    createDatabase: () => createDatabase(shared),
    stop: async () => {},
  }
}

/** The same, never a shared one: for tests that stop the server or change its settings. */
export async function startOwnTestPostgres(): Promise<TestPostgres> {
  const directory = await directoryInMemory('postgres')
  try {
    const { url, stop } = await startPostgres({
      directory: directory.path,
      log: createLogger('postgres', 'silent'),
    })
    return {
      url,
      createDatabase: () => createDatabase(url),
      stop: async () => {
        await stop()
        await directory.remove()
      },
    }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

async function createDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(`create database ${name} template template0`)
  } finally {
    await client.end()
  }
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
