import { sql, type Kysely } from 'kysely'
import type { DB } from './tables.js'

/** Validations that no worker has begun. */
export interface WaitingValidations {
  readonly count: number
  readonly since: Date
  /** What the worker that asked last lacked; empty: none has asked. */
  readonly lack: string
}

/**
 * Validations that wait for their first worker for longer than a moment explains, by what the workers lacked. Those for
 * which none has asked are left out while others are worked on: they stand in line.
 */
export async function listWaitingValidations(db: Kysely<DB>): Promise<WaitingValidations[]> {
  const { rows } = await sql<WaitingValidations>`
    select count(*)::integer as count, min(created_at) as since, last_error as lack
    from jobs
    where kind = 'validate' and state = 'open' and attempts = 0 and claim_token is null
      and greatest(created_at, run_after) < now() - interval '1 minute'
      and (last_error <> '' or not exists (
        select from jobs busy where busy.kind = 'validate' and busy.state = 'open' and busy.claim_expires_at > now()))
    group by last_error order by last_error`.execute(db)
  return rows
}
