import { DomainError } from '@goldkeep/domain'
import { sql, type Kysely } from 'kysely'
import type { DB, JobRow } from './tables.js'

export interface JobView extends JobRow {
  readonly isClaimed: boolean
  readonly isDone: boolean
  /** Of the image that a publish is about. */
  readonly imageId: string | null
}

/**
 * Open and failed jobs first, newest first; then, if wanted, those that are done.
 * @param page `after` is `<0 or 1: done>.<ordinal>` of the last job shown
 */
export async function listJobs(
  db: Kysely<DB>,
  includeDone: boolean,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<JobView[]> {
  const after = parsePlace(page.after)
  const unfinished = after?.isDone ? [] : await selectJobs(db, false, page.limit, after?.ordinal)
  if (!includeDone || unfinished.length >= page.limit) return unfinished
  const before = after?.isDone ? after.ordinal : undefined
  return [...unfinished, ...(await selectJobs(db, true, page.limit - unfinished.length, before))]
}

function selectJobs(
  db: Kysely<DB>,
  isDone: boolean,
  limit: number,
  before: number | undefined,
): Promise<JobView[]> {
  return db
    .selectFrom('jobs')
    .leftJoin('images', (join) =>
      join
        .on('images.uid', '=', sql<string>`split_part(jobs.subject_id, '/', 1)`)
        .on('jobs.kind', '=', 'publish'),
    )
    .selectAll('jobs')
    .select([
      'images.imageId',
      sql<boolean>`coalesce(jobs.claim_expires_at > now(), false)`.as('isClaimed'),
      sql<boolean>`jobs.state = 'done'`.as('isDone'),
    ])
    .where('jobs.state', isDone ? '=' : '<>', 'done')
    .$if(before !== undefined, (query) => query.where('jobs.ordinal', '<', before as number))
    .orderBy('jobs.ordinal', 'desc')
    .limit(limit)
    .execute()
}

function parsePlace(after: string | undefined): { isDone: boolean; ordinal: number } | undefined {
  if (after === undefined) return undefined
  const match = /^([01])\.(\d{1,15})$/.exec(after)
  if (!match)
    throw new DomainError(
      'INVALID_FIELD',
      'page_token: expected one that an earlier page of this list gave',
      {
        field: 'page_token',
      },
    )
  return { isDone: match[1] === '1', ordinal: Number(match[2]) }
}
