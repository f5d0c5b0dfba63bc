import { sql, type Transaction } from 'kysely'
import type { DB } from '../db/tables.js'
import type { Times } from '../domain/times.js'

/**
 * The database's clock may be set back. A time that was written before is then ahead: a dead volume would look
 * alive, and an upload, a deployment or a token would live longer, by as much as the clock went back. Each such span
 * is counted again from now. None becomes shorter than its setting.
 */
export async function pullBackTimes(
  trx: Transaction<DB>,
  { uploadExpiryMs, deploymentLeaseMs }: Pick<Times, 'uploadExpiryMs' | 'deploymentLeaseMs'>,
): Promise<void> {
  await pullBackVolumes(trx)
  await pullBackUploads(trx, uploadExpiryMs)
  await pullBackDeployments(trx, deploymentLeaseMs)
  await pullBackTokens(trx)
  // A job that failed for good is tried again an hour after.
  await sql`update jobs set updated_at = now() where state = 'failed' and updated_at > clock_timestamp()`.execute(
    trx,
  )
}

async function pullBackVolumes(trx: Transaction<DB>): Promise<void> {
  await sql`update volumes set last_seen_at = now() where last_seen_at > clock_timestamp()`.execute(trx)
}

async function pullBackUploads(trx: Transaction<DB>, expiryMs: number): Promise<void> {
  await sql`
    update uploads set last_byte_at = least(last_byte_at, now()),
      expires_at = least(expires_at, now() + ${expiryMs} * interval '1 millisecond')
    where ended_at is null
      and (last_byte_at > clock_timestamp()
        or expires_at > clock_timestamp() + ${expiryMs} * interval '1 millisecond')`.execute(trx)
}

/** The limit of a deployment is counted from its start, and so is the end of a token. */
async function pullBackDeployments(trx: Transaction<DB>, leaseMs: number): Promise<void> {
  await sql`
    update deployments set last_read_at = least(last_read_at, now()),
      lease_until = least(lease_until, now() + ${leaseMs} * interval '1 millisecond')
    where state = 'OPEN'
      and (last_read_at > clock_timestamp()
        or lease_until > clock_timestamp() + ${leaseMs} * interval '1 millisecond')`.execute(trx)
  await sql`
    update deployments set limit_at = now() + (limit_at - started_at), started_at = now()
    where state = 'OPEN' and started_at > clock_timestamp()`.execute(trx)
}

async function pullBackTokens(trx: Transaction<DB>): Promise<void> {
  await sql`
    update tokens set expires_at = now() + (expires_at - created_at), created_at = now()
    where created_at > clock_timestamp()`.execute(trx)
  await sql`update tokens set last_used_at = now() where last_used_at > clock_timestamp()`.execute(trx)
}
