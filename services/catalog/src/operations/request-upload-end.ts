import type { UploadEnd } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { systemActor, type Actor } from '../domain/actor.js'
import { changeVersion } from '../db/change-version.js'
import { ensureJob } from '../db/jobs-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, VersionRow } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'

/**
 * Records the wish to end an open upload, with the job that will ask storage to do it. Storage alone ends
 * uploads, so the version stays UPLOADING until it has answered. Does nothing for an upload that has ended
 * or is about to, but for an abort, which takes the place of an expiry.
 */
export async function requestUploadEnd(
  trx: Transaction<DB>,
  versionId: string,
  outcome: UploadEnd,
  actor: Actor,
  reason: string,
): Promise<void> {
  const version = await lockVersion(trx, versionId)
  if (version.lifecycle !== 'UPLOADING' || !outweighs(outcome, version.pendingOutcome)) return
  await orderEnd(trx, version, { outcome, actor, reason })
  const action = outcome === 'ABORTED' ? 'abort-upload' : 'expire-upload'
  await recordAct(trx, { actor, action, imageUid: version.imageUid, versionId, reason })
}

/** Asks storage once more to end an upload that has ended already, since its bytes are on the volume again. */
export async function repeatUploadEnd(trx: Transaction<DB>, versionId: string): Promise<void> {
  const version = await lockVersion(trx, versionId)
  const { lifecycle: outcome, pendingCommand } = version
  if ((outcome !== 'ABORTED' && outcome !== 'EXPIRED') || pendingCommand !== null) return
  await orderEnd(trx, version, { outcome, actor: systemActor, reason: 'it is on the volume again' })
}

async function orderEnd(
  trx: Transaction<DB>,
  version: VersionRow,
  end: { readonly outcome: UploadEnd; readonly actor: Actor; readonly reason: string },
): Promise<void> {
  await changeVersion(trx, version, {
    opSeq: version.opSeq + 1,
    pendingOpSeq: version.opSeq + 1,
    pendingCommand: 'END_UPLOAD',
    pendingOutcome: end.outcome,
    pendingSince: sql`now()`,
    pendingBy: JSON.stringify(end.actor),
    pendingReason: end.reason,
  })
  await ensureJob(trx, 'end-upload', version.versionId)
}

/** Bytes that arrive withdraw an expiry; a person's abort stands, and so it takes an expiry's place. */
function outweighs(outcome: UploadEnd, pending: UploadEnd | null): boolean {
  return pending === null || (pending === 'EXPIRED' && outcome === 'ABORTED')
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
