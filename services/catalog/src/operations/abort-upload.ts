import { DomainError } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import type { DB } from '../db/tables.js'
import { getUpload, type UploadView } from '../db/uploads-queries.js'
import { requestUploadEnd } from './request-upload-end.js'

/**
 * Records the wish to abort. Harmless to repeat.
 * @throws DomainError UPLOAD_NOT_FOUND, UPLOAD_ENDED when it was sealed
 */
export async function abortUpload(
  trx: Transaction<DB>,
  versionId: string,
  actor: Actor,
  reason: string,
): Promise<UploadView> {
  const { version } = await getUpload(trx, versionId)
  if (version.manifestDigest !== null)
    throw new DomainError(
      'UPLOAD_ENDED',
      `upload ${versionId} was sealed and is a version now; it cannot be aborted`,
      { version_id: versionId, lifecycle: version.lifecycle },
    )
  await requestUploadEnd(trx, versionId, 'ABORTED', actor, reason)
  return getUpload(trx, versionId)
}
