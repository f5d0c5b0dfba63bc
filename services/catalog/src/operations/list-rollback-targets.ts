import type { Kysely } from 'kysely'
import { getImage } from '../db/images-queries.js'
import { readHistory } from '../db/primary-changes-queries.js'
import type { DB } from '../db/tables.js'
import { formerPrimaries } from '../domain/rollback.js'

/** A rollback seldom goes further back. */
const mostTargets = 10

/**
 * The versions that a rollback may go to, the likeliest first.
 * @throws DomainError IMAGE_NOT_FOUND
 */
export async function listRollbackTargets(
  db: Kysely<DB>,
  { imageId, versionId }: { readonly imageId: string; readonly versionId: string },
): Promise<string[]> {
  if (versionId !== '') return [versionId]
  const { uid, primaryVersionId } = await getImage(db, imageId)
  const history = await readHistory(db, uid)
  const moves = history.map(({ kind, toVersionId }) => ({ kind, to: toVersionId }))
  return formerPrimaries(moves, primaryVersionId).slice(0, mostTargets)
}
