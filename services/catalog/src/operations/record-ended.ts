import { DomainError, type UploadEnd } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { changeVersion } from '../db/change-version.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'
import { nothingPending } from './request-upload-end.js'

/**
 * Storage has ended an upload. Harmless to repeat.
 * @throws DomainError VERSION_NOT_FOUND, STALE_COMMAND when the upload was sealed
 */
export async function recordEnded(
  trx: Transaction<DB>,
  versionId: string,
  outcome: UploadEnd,
  actor: Actor,
): Promise<void> {
  const version = await lockVersion(trx, versionId)
  if (version.lifecycle === 'ABORTED' || version.lifecycle === 'EXPIRED') return
  if (version.lifecycle !== 'UPLOADING')
    throw new DomainError(
      'STALE_COMMAND',
      `version ${versionId}: expected UPLOADING, found ${version.lifecycle}; its seal came first`,
      { version_id: versionId, lifecycle: version.lifecycle },
    )
  await changeVersion(trx, version, { ...nothingPending, lifecycle: outcome })
  await trx
    .updateTable('uploads')
    .set({ endedAt: sql`now()` })
    .where('versionId', '=', versionId)
    .execute()
  await recordAct(trx, { actor, action: 'end-upload', imageUid: version.imageUid, versionId })
}
