import { sql, type Kysely } from 'kysely'
import { aheadOf } from './clock.js'
import type { DB } from './tables.js'

/** Workers that asked for a job within so many hours are remembered. */
const rememberedHours = 24

/** Notes how a worker's clock differs from the database's; a worker whose clock has not changed, once a minute. */
export async function noteWorkerClock(
  db: Kysely<DB>,
  workerId: string,
  clockTime: Date | undefined,
): Promise<void> {
  const ahead = aheadOf(clockTime)
  await sql`
    insert into workers (worker_id, clock_ahead_ms) values (${workerId}, ${ahead})
    on conflict (worker_id) do update set clock_ahead_ms = excluded.clock_ahead_ms, seen_at = now()
    where abs(extract(epoch from now() - workers.seen_at)) > 60
      or abs(excluded.clock_ahead_ms - coalesce(workers.clock_ahead_ms, 0)) > 5000`.execute(db)
}

/** Workers that were there lately, by their ids. */
export function listWorkers(db: Kysely<DB>) {
  return db
    .selectFrom('workers')
    .selectAll()
    .where('seenAt', '>', sql<Date>`now() - ${rememberedHours} * interval '1 hour'`)
    .orderBy('workerId')
    .execute()
}

export async function forgetWorkers(db: Kysely<DB>): Promise<void> {
  await db
    .deleteFrom('workers')
    .where('seenAt', '<', sql<Date>`now() - ${rememberedHours} * interval '1 hour'`)
    .execute()
}
