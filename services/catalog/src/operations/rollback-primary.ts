import { DomainError } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import {
  assertSealedAndPresent,
  isSealedAndWhole,
  versionDamaged,
  type PromotionCandidate,
} from '../domain/promotion.js'
import { formerPrimaries } from '../domain/rollback.js'
import { changeVersion } from '../db/change-version.js'
import { lockImage, publishChange } from '../db/images-queries.js'
import { readHistory } from '../db/primary-changes-queries.js'
import type { DB, ImageRow } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'
import { assertPrimaryIs, lockCandidate, movePrimary, type PrimaryMoved } from './move-primary.js'

export interface Rollback {
  readonly imageId: string
  /** Empty: the latest former primary that qualifies. */
  readonly versionId: string
  /** See assertPrimaryIs. */
  readonly expected: string | undefined
  readonly reason: string
  readonly keepMark: boolean
}

/**
 * Moves the pointer back and marks what it leaves as bad, unless told not to.
 * @throws DomainError IMAGE_NOT_FOUND, PRIMARY_CHANGED, NO_PRIMARY, NO_ROLLBACK_TARGET; of a named version
 * also VERSION_NOT_SEALED, VERSION_IN_USE, VERSION_MISSING, VERSION_DAMAGED, VERSION_MARKED_BAD
 */
export async function rollbackPrimary(
  trx: Transaction<DB>,
  rollback: Rollback,
  actor: Actor,
): Promise<PrimaryMoved> {
  const image = await lockImage(trx, rollback.imageId)
  assertPrimaryIs(image, rollback.expected)
  const left = image.primaryVersionId
  if (left === null)
    throw new DomainError('NO_PRIMARY', `image ${image.imageId} has no primary to roll back from`, {
      image_id: image.imageId,
    })
  const history = await readHistory(trx, image.uid)
  const former = formerPrimaries(
    history.map((change) => ({ kind: change.kind, to: change.toVersionId })),
    left,
  )
  const target = rollback.versionId
    ? await takeNamed(
        trx,
        image,
        rollback.versionId,
        history.some((move) => move.toVersionId === rollback.versionId),
      )
    : await takeLatest(trx, image, former)
  if (!rollback.keepMark) await markLeft(trx, left, target, rollback.reason)
  return movePrimary(trx, {
    imageUid: image.uid,
    kind: 'ROLLBACK',
    fromVersionId: left,
    toVersionId: target.versionId,
    actor,
    reason: rollback.reason,
    forced: false,
  })
}

async function takeLatest(
  trx: Transaction<DB>,
  image: ImageRow,
  former: readonly string[],
): Promise<PromotionCandidate> {
  for (const versionId of former) {
    const candidate = await lockCandidate(trx, image, versionId)
    if (isSealedAndWhole(candidate) && candidate.mark !== 'BAD') return candidate
  }
  throw new DomainError(
    'NO_ROLLBACK_TARGET',
    `image ${image.imageId}: expected a former primary that is sealed, present and not marked bad, found none; ` +
      'promote a version instead',
    { image_id: image.imageId },
  )
}

async function takeNamed(
  trx: Transaction<DB>,
  image: ImageRow,
  versionId: string,
  wasPrimary: boolean,
): Promise<PromotionCandidate> {
  const candidate = await lockCandidate(trx, image, versionId)
  if (!wasPrimary || versionId === image.primaryVersionId) throw noFormerPrimary(image, versionId)
  assertSealedAndPresent(candidate)
  if (candidate.presence === 'DAMAGED') throw versionDamaged(versionId)
  if (candidate.mark === 'BAD')
    throw new DomainError(
      'VERSION_MARKED_BAD',
      `version ${versionId} is marked bad; take the mark away, or promote it with force and a reason`,
      { version_id: versionId },
    )
  return candidate
}

function noFormerPrimary({ imageId, primaryVersionId }: ImageRow, versionId: string): DomainError {
  const found =
    versionId === primaryVersionId
      ? 'the present primary; it stays'
      : 'a version that never was primary; promote it instead'
  return new DomainError(
    'NO_ROLLBACK_TARGET',
    `version ${versionId}: expected a former primary of image ${imageId}, found ${found}`,
    { image_id: imageId, version_id: versionId },
  )
}

async function markLeft(
  trx: Transaction<DB>,
  left: string,
  target: PromotionCandidate,
  reason: string,
): Promise<void> {
  const version = await lockVersion(trx, left)
  const markReason = reason || `rolled back to number ${target.number}`
  await changeVersion(trx, version, { mark: 'BAD', markReason })
  await publishChange(trx, version.imageUid, { versionId: left })
}
