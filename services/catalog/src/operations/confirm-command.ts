import { DomainError, type Lifecycle } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { raiseEpochAbove } from '../db/house-queries.js'
import { finishJob, releaseJob } from '../db/jobs-queries.js'
import type { DB } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'
import { confirmPublication, type HeldImage } from './confirm-publication.js'
import { holdClaim, type ClaimProof } from './hold-claim.js'
import { recordEnded } from './record-ended.js'
import { nothingPending } from './request-upload-end.js'

export interface Confirmation {
  readonly outcome: Lifecycle | undefined
  /** What is on the volume, when a publication conflicts with it. */
  readonly found: HeldImage | undefined
  /** The epoch under which storage knows another command of the same place; 0: none. */
  readonly conflictingEpoch: number
}

/**
 * What storage answered to a command. The subject's row is locked before the job's, as everywhere.
 * @throws DomainError JOB_NOT_FOUND, CLAIM_LOST, INVALID_FIELD
 */
export async function confirmCommand(
  trx: Transaction<DB>,
  claim: ClaimProof,
  confirmation: Confirmation,
  actor: Actor,
): Promise<void> {
  const subject = await trx
    .selectFrom('jobs')
    .select(['kind', 'subjectId'])
    .where('jobId', '=', claim.jobId)
    .executeTakeFirst()
  if (subject?.kind === 'publish') await confirmPublication(trx, claim, subject.subjectId, confirmation.found)
  else if (subject?.kind === 'end-upload')
    await confirmEndUpload(trx, claim, subject.subjectId, confirmation, actor)
  else await refuseOther(trx, claim)
}

async function refuseOther(trx: Transaction<DB>, claim: ClaimProof): Promise<never> {
  const { jobId, kind } = await holdClaim(trx, claim)
  throw new DomainError(
    'INVALID_FIELD',
    `job ${jobId}: expected a publish or an end-upload, found a ${kind}`,
    {
      field: 'job_id',
    },
  )
}

async function confirmEndUpload(
  trx: Transaction<DB>,
  claim: ClaimProof,
  versionId: string,
  { outcome, conflictingEpoch }: Confirmation,
  actor: Actor,
): Promise<void> {
  const version = await lockVersion(trx, versionId)
  const job = await holdClaim(trx, claim)
  if (conflictingEpoch > 0) {
    await raiseEpochAbove(trx, conflictingEpoch)
    return releaseJob(trx, job, 0, '')
  }
  await finishJob(trx, job.jobId)
  if (outcome !== 'ABORTED' && outcome !== 'EXPIRED' && outcome !== 'SEALED')
    throw new DomainError('INVALID_FIELD', 'outcome: expected ABORTED, EXPIRED or SEALED, found another', {
      field: 'outcome',
    })
  // Storage reports a seal itself, and goes on until it has been recorded.
  if (outcome !== 'SEALED' && version.lifecycle === 'UPLOADING')
    return recordEnded(trx, versionId, outcome, actor)
  await trx
    .updateTable('versions')
    .set({ ...nothingPending, revision: sql`revision + 1` })
    .where('versionId', '=', versionId)
    .where('pendingCommand', '=', 'END_UPLOAD')
    .execute()
}
