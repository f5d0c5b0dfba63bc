import type { Logger } from '@goldkeep/service'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { DB } from './tables.js'

/** Type id of PostgreSQL's bigint. All of the catalog's stay below 2^53. */
const bigintOid = 20

const parserOf = (oid: number, format?: 'text'): unknown =>
  oid === bigintOid ? Number : pg.types.getTypeParser(oid, format)

/** The pool and the typed access to it. `maxConnections` bounds the pool. */
export function openDatabase(url: string, log: Logger, maxConnections = 20): Kysely<DB> {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: 'goldkeep-catalog',
    types: {
      getTypeParser: parserOf as typeof pg.types.getTypeParser,
    },
  })
  // Idle connections break when PostgreSQL restarts; without a listener that would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  // So do connections in use; their queries are told by a rejection, and the pool drops them.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}
