import { DomainError, bestPresence } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { PromotionCandidate } from '../domain/promotion.js'
import { getImageByUid, movePointer, type ImageView } from '../db/images-queries.js'
import { listPresences } from '../db/locations-queries.js'
import {
  addPrimaryChange,
  type NewPrimaryChange,
  type PrimaryChangeView,
} from '../db/primary-changes-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, ImageRow } from '../db/tables.js'
import { lockVersion, versionNotFound } from '../db/versions-queries.js'

export interface PrimaryMoved {
  readonly image: ImageView
  readonly change: PrimaryChangeView
}

/**
 * @param expected what the caller believes the primary to be, empty for none; `undefined`: no belief
 * @throws DomainError PRIMARY_CHANGED
 */
export function assertPrimaryIs(image: ImageRow, expected: string | undefined): void {
  const current = image.primaryVersionId ?? ''
  if (expected === undefined || expected === current) return
  throw new DomainError(
    'PRIMARY_CHANGED',
    `image ${image.imageId}: expected ${expected || 'no primary'}, found ${current || 'no primary'}; ` +
      'look again at what is primary now, then decide',
    { image_id: image.imageId, expected, found: current },
  )
}

/** A version of the image, locked so that it stays what it is while it becomes primary. */
export async function lockCandidate(
  trx: Transaction<DB>,
  image: ImageRow,
  versionId: string,
): Promise<PromotionCandidate> {
  const version = await lockVersion(trx, versionId)
  if (version.imageUid !== image.uid) throw versionNotFound(versionId, image.imageId)
  return { ...version, presence: bestPresence(await listPresences(trx, versionId)) }
}

/** Moves the pointer of a locked image, keeps the move in its history, and asks for publication. */
export async function movePrimary(trx: Transaction<DB>, move: NewPrimaryChange): Promise<PrimaryMoved> {
  await movePointer(trx, move.imageUid, move.fromVersionId, move.toVersionId)
  const change = await addPrimaryChange(trx, move)
  await recordAct(trx, {
    actor: move.actor,
    action: move.kind.toLowerCase(),
    imageUid: move.imageUid,
    ...(move.toVersionId && { versionId: move.toVersionId }),
    reason: move.reason,
    details: { from: move.fromVersionId, forced: move.forced },
  })
  return { image: await getImageByUid(trx, move.imageUid), change }
}
