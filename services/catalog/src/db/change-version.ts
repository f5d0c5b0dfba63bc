import { DomainError } from '@goldkeep/domain'
import { sql, type Transaction, type UpdateObject } from 'kysely'
import type { DB, VersionRow } from './tables.js'

/**
 * Changes a version that is still what it was read as, and raises its etag. Whoever read it holds its lock,
 * so that nothing has come between; where that is forgotten the change is refused rather than lost.
 * @throws DomainError ETAG_MISMATCH
 */
export async function changeVersion(
  trx: Transaction<DB>,
  from: Pick<VersionRow, 'versionId' | 'lifecycle' | 'revision'>,
  changes: UpdateObject<DB, 'versions'>,
): Promise<void> {
  const { versionId, lifecycle, revision } = from
  const { numUpdatedRows } = await trx
    .updateTable('versions')
    .set({ ...changes, revision: sql`revision + 1` })
    .where('versionId', '=', versionId)
    .where('lifecycle', '=', lifecycle)
    .where('revision', '=', revision)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  throw new DomainError(
    'ETAG_MISMATCH',
    `version ${versionId}: expected ${lifecycle} with etag ${revision}, found that it has changed; try again`,
    { version_id: versionId, expected: String(revision) },
  )
}
