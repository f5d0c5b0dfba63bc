import { schemaPath } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { DB } from './tables.js'

interface Range {
  readonly start: number
  readonly end: number
}

/** Bytes of one file that were sent, as ranges without their ends. */
export interface ReadRanges {
  readonly path: string
  readonly ranges: readonly Range[]
}

/** Pieces of one file, at most; a reader that leaves more gaps than this is not counted on. */
const maxPieces = 1_000

/**
 * Adds ranges to what a deployment has read, each byte once, all files in one statement. The deployment's row is
 * locked by the caller. The schema is left out: machines get it with their orders.
 */
export async function addReadRanges(
  trx: Transaction<DB>,
  deploymentId: string,
  files: readonly ReadRanges[],
): Promise<void> {
  const added = rangesByPath(files)
  if (added.size === 0) return
  await sql`
    insert into deployment_reads as kept (deployment_id, path, ranges)
    select ${deploymentId}, path, ranges::int8multirange
    from unnest(${[...added.keys()]}::text[], ${[...added.values()].map(toMultirange)}::text[]) as added (path, ranges)
    on conflict (deployment_id, path) do update set ranges = kept.ranges + excluded.ranges
    where (select count(*) from unnest(kept.ranges + excluded.ranges)) <= ${maxPieces}`.execute(trx)
}

/** A statement can change a row only once, so that a file which is there twice is put together first. */
function rangesByPath(files: readonly ReadRanges[]): Map<string, Range[]> {
  const byPath = new Map<string, Range[]>()
  for (const { path, ranges } of files) {
    if (path === schemaPath) continue
    const known = byPath.get(path) ?? []
    for (const range of ranges) known.push(range)
    byPath.set(path, known)
  }
  return byPath
}

const toMultirange = (ranges: readonly Range[]): string =>
  `{${ranges.map(({ start, end }) => `[${start},${end})`).join(',')}}`

/** Bytes that a deployment has read, as an expression for an update of its row. */
export const bytesReadOf = (deploymentId: string) => sql<number>`(
  select coalesce(sum(upper(piece) - lower(piece)), 0)::bigint
  from deployment_reads, unnest(ranges) piece where deployment_id = ${deploymentId})`
