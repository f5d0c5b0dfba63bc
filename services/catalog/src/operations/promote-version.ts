import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { assertPromotable } from '../domain/promotion.js'
import { getImageByUid, lockImage } from '../db/images-queries.js'
import { listPrimaryChanges } from '../db/primary-changes-queries.js'
import type { DB } from '../db/tables.js'
import { assertPrimaryIs, lockCandidate, movePrimary, type PrimaryMoved } from './move-primary.js'

export interface Promotion {
  readonly imageId: string
  readonly versionId: string
  /** See assertPrimaryIs. */
  readonly expected: string | undefined
  readonly force: boolean
  readonly reason: string
}

/**
 * Makes a version the primary of its image. Promoting what is primary already moves nothing and answers
 * the move that made it so.
 * @throws DomainError IMAGE_NOT_FOUND, VERSION_NOT_FOUND, PRIMARY_CHANGED, VERSION_NOT_SEALED,
 * VERSION_IN_USE, VERSION_MISSING, and without force VERSION_NOT_VALID, VERSION_MARKED_BAD, VERSION_DAMAGED
 */
export async function promoteVersion(
  trx: Transaction<DB>,
  promotion: Promotion,
  actor: Actor,
): Promise<PrimaryMoved> {
  const image = await lockImage(trx, promotion.imageId)
  assertPrimaryIs(image, promotion.expected)
  const candidate = await lockCandidate(trx, image, promotion.versionId)
  assertPromotable(candidate, promotion)
  if (image.primaryVersionId === candidate.versionId) {
    const [change] = await listPrimaryChanges(trx, image.uid, { limit: 1, before: undefined })
    if (change) return { image: await getImageByUid(trx, image.uid), change }
  }
  return movePrimary(trx, {
    imageUid: image.uid,
    kind: 'PROMOTE',
    fromVersionId: image.primaryVersionId,
    toVersionId: candidate.versionId,
    actor,
    reason: promotion.reason,
    forced: promotion.force,
  })
}
