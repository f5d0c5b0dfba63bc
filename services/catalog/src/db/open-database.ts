import { openPool, usualLimits, type ConnectionLimits } from '@goldkeep/postgres/pool'
import type { Logger } from '@goldkeep/service'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { DB } from './tables.js'

/** Type id of PostgreSQL's bigint. All values of the catalog stay below 2^53. */
const bigintOid = 20

const parserOf = (oid: number, format?: 'text'): unknown =>
  oid === bigintOid ? Number : pg.types.getTypeParser(oid, format)

/** The pool and the typed access to it. `maxConnections` bounds the pool. */
export function openDatabase(
  url: string,
  log: Logger,
  maxConnections = 20,
  limits: ConnectionLimits = usualLimits,
): Kysely<DB> {
  const types = { getTypeParser: parserOf as typeof pg.types.getTypeParser }
  const pool = openPool({ url, applicationName: 'goldkeep-catalog', maxConnections, limits, types }, log)
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}
