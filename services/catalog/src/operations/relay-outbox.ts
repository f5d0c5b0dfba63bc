import { sql, type Kysely } from 'kysely'
import { isFromLater } from '../db/jobs-queries.js'
import type { DB, JobKind } from '../db/tables.js'

/** Where jobs are put for workers to find. */
export interface QueuePort {
  enqueue(queue: JobKind, outboxId: string, payload: { jobId: string }): Promise<void>
}

/** Rows taken at once; while they are locked another catalog relays others. */
const batchSize = 50

/**
 * Tells the queue of what is in the outbox and due. A row counts as relayed only when the queue has it, so
 * a crash in between tells it twice, which the queue takes for once. Answers how many there were.
 */
export function relayOutbox(db: Kysely<DB>, queues: QueuePort): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('outbox')
      .select(['outboxId', 'queue', 'jobId'])
      .where('relayedAt', 'is', null)
      .where(
        sql<boolean>`(deliver_at <= now()
          or exists (select 1 from jobs where jobs.job_id = outbox.job_id and ${isFromLater}))`,
      )
      .orderBy('deliverAt')
      .orderBy('ordinal')
      .limit(batchSize)
      .forUpdate()
      .skipLocked()
      .execute()
    if (rows.length === 0) return 0
    for (const { outboxId, queue, jobId } of rows) await queues.enqueue(queue, outboxId, { jobId })
    const ids = rows.map((row) => row.outboxId)
    await trx
      .updateTable('outbox')
      .set({ relayedAt: sql`now()` })
      .where('outboxId', 'in', ids)
      .execute()
    return rows.length
  })
}
