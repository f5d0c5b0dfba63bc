import { sql, type Transaction } from 'kysely'
import type { DB } from '../db/tables.js'

/**
 * Ends deployments that are over the limit, and those that read every byte, then fell silent. Any other
 * whose lease has lapsed stays open: a read or a renewal brings its pin back.
 */
export async function endLapsedDeployments(trx: Transaction<DB>): Promise<number> {
  const overLimit = await trx
    .updateTable('deployments')
    .set({ state: 'EXPIRED', endedAt: sql`now()`, message: 'not finished within the longest time allowed' })
    .where('state', '=', 'OPEN')
    .where('limitAt', '<', sql<Date>`now()`)
    .executeTakeFirst()
  const unconfirmed = await trx
    .updateTable('deployments')
    .set({ state: 'EXPIRED', endedAt: sql`now()`, message: 'read whole, not confirmed' })
    .where('state', '=', 'OPEN')
    .where('leaseUntil', '<', sql<Date>`now()`)
    .where('bytesRead', '>=', sql<number>`bytes_total`)
    .executeTakeFirst()
  return Number(overLimit.numUpdatedRows + unconfirmed.numUpdatedRows)
}
