import { sql, type Kysely } from 'kysely'
import type { DB } from './tables.js'

/** The database's clock, by which all times of the house are. */
export async function databaseNow(db: Kysely<DB>): Promise<Date> {
  const { now } = await db.selectNoFrom(sql<Date>`now()`.as('now')).executeTakeFirstOrThrow()
  return now
}

/** A moment from now. */
export const inMilliseconds = (milliseconds: number) =>
  sql<Date>`now() + ${milliseconds} * interval '1 millisecond'`

/**
 * Milliseconds by which another clock is ahead of the database's, null when that is not known. The way of the message
 * makes the other clock seem a little behind.
 */
export function aheadOf(clockTime: Date | undefined) {
  const time = clockTime?.getTime() ?? Number.NaN
  if (Number.isNaN(time)) return sql<number | null>`null::bigint`
  return sql<number | null>`(${time} - extract(epoch from now()) * 1000)::bigint`
}

/** Whole seconds until the time in a column, 0 when it has passed. */
export const secondsUntil = (column: string) =>
  sql<number>`greatest(0, floor(extract(epoch from ${sql.ref(column)} - now())))::float8`
