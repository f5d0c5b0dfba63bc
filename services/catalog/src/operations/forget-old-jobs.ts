import { sql, type Transaction } from 'kysely'
import type { DB } from '../db/tables.js'

const keptDays = 30

/** Jobs that ended long ago, and what the outbox said of them. */
export async function forgetOldJobs(trx: Transaction<DB>): Promise<void> {
  await trx
    .deleteFrom('outbox')
    .where('relayedAt', '<', sql<Date>`now() - interval '1 day'`)
    .execute()
  await trx
    .deleteFrom('jobs')
    .where('state', '=', 'done')
    .where('updatedAt', '<', sql<Date>`now() - ${keptDays} * interval '1 day'`)
    .execute()
}
