import { decideVerdict } from '@goldkeep/checks'
import { cleanText, DomainError, textLimits, type Finding, type Verdict } from '@goldkeep/domain'
import { parseManifest } from '@goldkeep/volume'
import { sql, type Transaction } from 'kysely'
import type { Times } from '../domain/times.js'
import { presenceByDigests } from '../domain/presence-by-digests.js'
import { changeVersion } from '../db/change-version.js'
import { replaceFindings } from '../db/findings-queries.js'
import { lockImageByUid, publishChange } from '../db/images-queries.js'
import { finishJob } from '../db/jobs-queries.js'
import { wantLooks } from '../db/looks-queries.js'
import type { DB, VersionRow } from '../db/tables.js'
import { imageUidOfVersion, lockVersion } from '../db/versions-queries.js'
import { tryAgainLater } from './try-again-later.js'
import { holdClaim, type ClaimProof } from './hold-claim.js'

/** Which bytes were examined. */
export interface BytesRead {
  readonly versionId: string
  readonly volumeId: string
}

/**
 * Keeps what a validation found and what it comes to. While it comes to nothing (a check could not be
 * judged) the verdict stays PENDING and the job is tried again later, within bounds.
 * @throws DomainError VERSION_NOT_FOUND, JOB_NOT_FOUND, CLAIM_LOST
 */
export async function reportFindings(
  trx: Transaction<DB>,
  claim: ClaimProof,
  read: BytesRead,
  findings: readonly Finding[],
  times: Pick<Times, 'validationTries'>,
): Promise<Verdict> {
  const { versionId } = read
  const image = await lockImageByUid(trx, await imageUidOfVersion(trx, versionId))
  const version = await lockVersion(trx, versionId)
  const job = await holdClaim(trx, claim)
  if (job.kind !== 'validate' || job.subjectId !== versionId)
    throw new DomainError(
      'INVALID_FIELD',
      `job ${job.jobId}: expected version ${job.subjectId}, found ${versionId}`,
      { field: 'version_id' },
    )
  await replaceFindings(trx, versionId, findings)
  const decision = decideVerdict(filesOf(version), findings)
  await keepPresence(trx, read, findings)
  if (decision === 'UNDECIDED') {
    // A worker that cannot see the version does not know why; storage does.
    await wantLooks(trx, [versionId])
    await tryAgainLater(trx, job, describeUndecided(findings), times)
    return 'PENDING'
  }
  await finishJob(trx, job.jobId)
  if (version.lifecycle !== 'SEALED') return version.verdict
  await changeVersion(trx, version, { verdict: decision, verdictAt: sql`now()` })
  await publishChange(trx, image.uid, { versionId })
  return decision
}

const filesOf = (version: VersionRow) => (version.manifest ? parseManifest(version.manifest).files : [])

/**
 * Bytes that differ from the manifest are damaged on the volume on which they were read, whatever the verdict is.
 * Bytes that were found missing meanwhile stay so: they were examined before.
 */
async function keepPresence(
  trx: Transaction<DB>,
  { versionId, volumeId }: BytesRead,
  findings: readonly Finding[],
): Promise<void> {
  const presence = presenceByDigests(findings)
  if (!presence) return
  await trx
    .updateTable('locations')
    .set({
      presence,
      doubtedAt: null,
      lastChecked: sql`now()`,
      ...(presence === 'PRESENT' && { found: '' }),
    })
    .where('versionId', '=', versionId)
    .where('volumeId', '=', volumeId)
    .where('presence', '<>', 'MISSING')
    .execute()
}

function describeUndecided(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.verdict === 'ERROR')
  if (errors.length === 0) return 'a required check was not reported'
  const words = errors.map((error) => `${error.check}: ${error.message}`).join('\n')
  return cleanText(words, textLimits.prose, 'multi-line')
}
