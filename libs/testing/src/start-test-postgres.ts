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

const newName = (): string => `test_${randomBytes(6).toString('hex')}`

function createDatabase(serverUrl: string, name = newName(), template = 'template0'): Promise<string> {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return onServer(serverUrl, async (client) => {
    await client.query(`create database ${name} template ${template}`)
    return url.href
  })
}

/** Copies a database as a backup does, while its users lose their connections. @returns the copy's address */
export async function copyDatabase(url: string): Promise<string> {
  const name = nameOf(url)
  return onServer(url, async (client) => {
    // A database that is copied must have no connection.
    await client.query(`alter database ${name} allow_connections false`)
    try {
      await client.query(
        `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}'`,
      )
      return await createDatabase(url, newName(), name)
    } finally {
      await client.query(`alter database ${name} allow_connections true`)
    }
  })
}

/** Puts a copy in the database's place, under its name, while its users lose their connections. */
export async function putBackDatabase(url: string, copy: string): Promise<void> {
  await onServer(url, (client) => client.query(`drop database ${nameOf(url)} with (force)`))
  await createDatabase(url, nameOf(url), nameOf(copy))
}

export async function dropDatabase(url: string): Promise<void> {
  await onServer(url, (client) => client.query(`drop database ${nameOf(url)} with (force)`))
}

/** Asks a database over a connection of its own. @returns the first row's first value */
export async function askDatabase(url: string, query: string, values: readonly string[]): Promise<unknown> {
  const rows = await connected(url, (client) =>
    client.query({ text: query, values: [...values], rowMode: 'array' }),
  )
  return (rows.rows as unknown[][])[0]?.[0]
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1)

/** Works over a connection of its own to the server's maintenance database. */
async function onServer<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const maintenance = new URL(serverUrl)
  maintenance.pathname = '/postgres'
  return connected(maintenance.href, work)
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
