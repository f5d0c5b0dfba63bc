import type { UploadEnd } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { ensureJob } from '../db/jobs-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'

/**
 * Records the wish to end an open upload, with the job that will ask storage to do it. Storage alone ends
 * uploads, so the version stays UPLOADING until it has answered. Does nothing for an upload that has ended
 * or is about to.
 */
export async function requestUploadEnd(
  trx: Transaction<DB>,
  versionId: string,
  outcome: UploadEnd,
  actor: Actor,
  reason: string,
): Promise<void> {
  const version = await lockVersion(trx, versionId)
  if (version.lifecycle !== 'UPLOADING' || version.pendingCommand !== null) return
  await trx
    .updateTable('versions')
    .set({
      opSeq: sql`op_seq + 1`,
      pendingOpSeq: sql`op_seq + 1`,
      pendingCommand: 'END_UPLOAD',
      pendingOutcome: outcome,
      pendingSince: sql`now()`,
      pendingBy: JSON.stringify(actor),
      pendingReason: reason,
      revision: sql`revision + 1`,
    })
    .where('versionId', '=', versionId)
    .execute()
  await ensureJob(trx, 'end-upload', versionId)
  const action = outcome === 'ABORTED' ? 'abort-upload' : 'expire-upload'
  await recordAct(trx, { actor, action, imageUid: version.imageUid, versionId, reason })
}

/** The columns of a version without a pending command. */
export const nothingPending = {
  pendingCommand: null,
  pendingOpSeq: null,
  pendingOutcome: null,
  pendingSince: null,
  pendingBy: null,
  pendingReason: null,
} as const
