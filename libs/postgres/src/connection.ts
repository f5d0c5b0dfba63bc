import pg from 'pg'
import { role } from './data-directory.js'

export interface Connection {
  readonly port: number
  readonly password: string
}

/** Whether the server takes our password and answers. */
export async function answers(connection: Connection): Promise<boolean> {
  try {
    await withClient(connection, (client) => client.query('select 1'))
    return true
  } catch {
    return false
  }
}

/** Makes the house's database unless it is there. */
export async function ensureDatabase(connection: Connection): Promise<void> {
  await withClient(connection, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [role])
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(role)}`)
  })
}

async function withClient<T>(
  { port, password }: Connection,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: role,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  })
  // A connection that breaks while idle reports here; the query in flight rejects by itself.
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
