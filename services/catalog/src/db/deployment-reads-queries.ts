import { schemaPath } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { DB } from './tables.js'

/** Bytes of one file that were sent, as ranges without their ends. */
export interface ReadRanges {
  readonly path: string
  readonly ranges: readonly { readonly start: number; readonly end: number }[]
}

/** Pieces of one file, at most; a reader that leaves more gaps than this is not counted on. */
const maxPieces = 1_000

/**
 * Adds ranges to what a deployment has read, each byte once. The deployment's row is locked by the caller. The
 * schema is left out: machines get it with their orders.
 */
export async function addReadRanges(
  trx: Transaction<DB>,
  deploymentId: string,
  files: readonly ReadRanges[],
): Promise<void> {
  for (const { path, ranges } of files)
    if (path !== schemaPath) await addToFile(trx, deploymentId, path, ranges)
}

async function addToFile(
  trx: Transaction<DB>,
  deploymentId: string,
  path: string,
  ranges: ReadRanges['ranges'],
): Promise<void> {
  const added = `{${ranges.map(({ start, end }) => `[${start},${end})`).join(',')}}`
  await sql`
    insert into deployment_reads as kept (deployment_id, path, ranges)
    values (${deploymentId}, ${path}, ${added}::int8multirange)
    on conflict (deployment_id, path) do update set ranges = kept.ranges + excluded.ranges
    where (select count(*) from unnest(kept.ranges + excluded.ranges)) <= ${maxPieces}`.execute(trx)
}

/** Bytes that a deployment has read, as an expression for an update of its row. */
export const bytesReadOf = (deploymentId: string) => sql<number>`(
  select coalesce(sum(upper(piece) - lower(piece)), 0)::bigint
  from deployment_reads, unnest(ranges) piece where deployment_id = ${deploymentId})`
