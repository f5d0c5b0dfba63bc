import { decideVerdict } from '@goldkeep/checks'
import { cleanText, DomainError, textLimits, type Finding, type Verdict } from '@goldkeep/domain'
import { parseManifest } from '@goldkeep/volume'
import { sql, type Transaction } from 'kysely'
import { backoffMs } from '../domain/backoff.js'
import { presenceByDigests } from '../domain/presence-by-digests.js'
import { changeVersion } from '../db/change-version.js'
import { replaceFindings } from '../db/findings-queries.js'
import { lockImageByUid, publishChange } from '../db/images-queries.js'
import { finishJob, releaseJob } from '../db/jobs-queries.js'
import type { DB, VersionRow } from '../db/tables.js'
import { imageUidOfVersion, lockVersion } from '../db/versions-queries.js'
import { holdClaim, type ClaimProof } from './hold-claim.js'

/**
 * Keeps what a validation found and what it comes to. While it comes to nothing (a check could not be
 * judged) the verdict stays PENDING and the job is tried again later.
 * @throws DomainError VERSION_NOT_FOUND, JOB_NOT_FOUND, CLAIM_LOST
 */
export async function reportFindings(
  trx: Transaction<DB>,
  claim: ClaimProof,
  versionId: string,
  findings: readonly Finding[],
): Promise<Verdict> {
  const image = await lockImageByUid(trx, await imageUidOfVersion(trx, versionId))
  const version = await lockVersion(trx, versionId)
  const job = await holdClaim(trx, claim)
  if (job.kind !== 'validate' || job.subjectId !== versionId)
    throw new DomainError(
      'INVALID_FIELD',
      `job ${job.jobId}: expected version ${job.subjectId}, found ${versionId}`,
    )
  await replaceFindings(trx, versionId, findings)
  const decision = decideVerdict(filesOf(version), findings)
  await keepPresence(trx, versionId, findings)
  if (decision === 'UNDECIDED') {
    await releaseJob(trx, job, backoffMs(job.attempts), describeUndecided(findings))
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
 * Bytes that differ from the manifest are damaged, wherever the verdict stands. Bytes that were found missing
 * meanwhile stay so: whoever examined them did so before.
 */
async function keepPresence(
  trx: Transaction<DB>,
  versionId: string,
  findings: readonly Finding[],
): Promise<void> {
  const presence = presenceByDigests(findings)
  if (!presence) return
  await trx
    .updateTable('locations')
    .set({ presence, lastChecked: sql`now()` })
    .where('versionId', '=', versionId)
    .where('presence', '<>', 'MISSING')
    .execute()
}

function describeUndecided(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.verdict === 'ERROR')
  if (errors.length === 0) return 'a required check was not reported'
  const words = errors.map((error) => `${error.check}: ${error.message}`).join('\n')
  return cleanText(words, textLimits.prose, 'multi-line')
}
