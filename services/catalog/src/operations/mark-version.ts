import { DomainError, type Mark } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { changeVersion } from '../db/change-version.js'
import { lockImageByUid, publishChange } from '../db/images-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'
import { getVersion, imageUidOfVersion, lockVersion, type VersionView } from '../db/versions-queries.js'

export interface Marking {
  readonly versionId: string
  /** `undefined` takes the mark away. */
  readonly mark: Mark | undefined
  readonly reason: string
  /** Empty: whatever the version is now. */
  readonly etag: string
}

/** A person's word on a version. @throws DomainError VERSION_NOT_FOUND, ETAG_MISMATCH */
export async function markVersion(
  trx: Transaction<DB>,
  marking: Marking,
  actor: Actor,
): Promise<VersionView> {
  const { versionId, mark, reason } = marking
  const image = await lockImageByUid(trx, await imageUidOfVersion(trx, versionId))
  const version = await lockVersion(trx, versionId)
  if (marking.etag !== '' && marking.etag !== String(version.revision))
    throw new DomainError(
      'ETAG_MISMATCH',
      `version ${versionId}: expected etag ${marking.etag}, found ${version.revision}; read it again`,
      { version_id: versionId, expected: marking.etag, found: String(version.revision) },
    )
  await changeVersion(trx, version, { mark: mark ?? null, markReason: mark && reason ? reason : null })
  await publishChange(trx, image.uid, { versionId })
  const details = { mark: mark ?? null }
  await recordAct(trx, { actor, action: 'mark', imageUid: image.uid, versionId, reason, details })
  return getVersion(trx, versionId)
}
