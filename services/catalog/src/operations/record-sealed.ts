import { cleanText, DomainError, schemaPath, textLimits, type Finding } from '@goldkeep/domain'
import { parseManifest, type Manifest } from '@goldkeep/volume'
import { sql, type Transaction } from 'kysely'
import { createHash } from 'node:crypto'
import type { Actor } from '../domain/actor.js'
import { changeVersion } from '../db/change-version.js'
import { replaceFindings } from '../db/findings-queries.js'
import { leaveNumbersBelow, lockImageByUid, publishChange } from '../db/images-queries.js'
import { ensureJob } from '../db/jobs-queries.js'
import { setLocation } from '../db/locations-queries.js'
import { findPublication } from '../db/publications-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, ImageRow, VersionRow } from '../db/tables.js'
import { imageUidOfVersion, lockVersion } from '../db/versions-queries.js'
import { wasMadeHere, type HeldImage } from './confirm-publication.js'
import { nothingPending } from './request-upload-end.js'

export interface SealedReport {
  readonly volumeId: string
  readonly versionId: string
  readonly imageUid: string
  readonly manifest: Uint8Array
  readonly findings: readonly Finding[]
  /** The image's image.json on the volume, if there is one. */
  readonly image: Pick<HeldImage, 'sha256' | 'nextNumber'> | undefined
}

/**
 * A version directory has appeared. What storage has sealed is sealed, whatever was wished meanwhile: it is
 * taken from UPLOADING, ABORTED and EXPIRED. Answers the version's number; harmless to repeat.
 * @throws DomainError VERSION_NOT_FOUND, INVALID_FIELD, DIGEST_MISMATCH when another manifest is recorded
 */
export async function recordSealed(
  trx: Transaction<DB>,
  report: SealedReport,
  actor: Actor,
): Promise<number> {
  const manifest = parseManifest(report.manifest)
  const digest = createHash('sha256').update(report.manifest).digest('hex')
  const image = await lockImageByUid(trx, await imageUidOfVersion(trx, report.versionId))
  await leaveNumbersOf(trx, image.uid, report)
  const version = await lockVersion(trx, report.versionId)
  assertSameVersion(report, manifest, version)
  if (version.manifestDigest !== null) return assertSameSeal(version, digest)

  await sealVersion(trx, version, report, manifest, digest)
  await setLocation(trx, { ...report, presence: 'PRESENT' })
  await keepFindings(trx, version.versionId, report.findings)
  await countVersion(trx, image, manifest)
  await ensureJob(trx, 'validate', version.versionId)
  await recordAct(trx, { actor, action: 'seal', imageUid: image.uid, versionId: version.versionId })
  return version.number
}

/** Before the version is sealed, and so keeps its number. */
async function leaveNumbersOf(
  trx: Transaction<DB>,
  imageUid: string,
  { volumeId, image }: SealedReport,
): Promise<void> {
  if (image?.sha256 === undefined) return
  const row = await findPublication(trx, { imageUid, volumeId })
  if (!row || !wasMadeHere(row, image.sha256)) await leaveNumbersBelow(trx, imageUid, image.nextNumber)
}

/** The seal is recorded whatever becomes of its findings: a validation makes them again. */
async function keepFindings(
  trx: Transaction<DB>,
  versionId: string,
  findings: readonly Finding[],
): Promise<void> {
  await sql`savepoint findings`.execute(trx)
  try {
    await replaceFindings(trx, versionId, findings)
  } catch (error) {
    if (!(error instanceof Error && 'severity' in error && error.severity === 'ERROR')) throw error
    await sql`rollback to savepoint findings`.execute(trx)
    await replaceFindings(trx, versionId, [unkept(error.message)])
  }
}

const unkept = (found: string): Finding => ({
  check: 'schema-sound',
  verdict: 'ERROR',
  message: 'The findings of the seal could not be kept; the validation makes them again.',
  expected: 'findings that the database takes',
  found: cleanText(found, textLimits.prose),
})

function assertSameVersion(report: SealedReport, manifest: Manifest, version: VersionRow): void {
  const differences = [
    ['version', report.versionId, manifest.version],
    ['image uid', version.imageUid, manifest.uid],
    ['image uid', version.imageUid, report.imageUid || version.imageUid],
  ].filter(([, expected, found]) => expected !== found)
  const [first] = differences
  if (first)
    throw new DomainError('INVALID_FIELD', `manifest: expected ${first[0]} ${first[1]}, found ${first[2]}`, {
      field: 'manifest',
      version_id: report.versionId,
    })
}

function assertSameSeal(version: VersionRow, digest: string): number {
  if (version.manifestDigest === digest) return version.number
  throw new DomainError(
    'DIGEST_MISMATCH',
    `version ${version.versionId}: expected the manifest sha256 ${version.manifestDigest}, found ${digest}`,
    { version_id: version.versionId, expected: version.manifestDigest ?? '', found: digest },
  )
}

async function sealVersion(
  trx: Transaction<DB>,
  version: VersionRow,
  report: SealedReport,
  manifest: Manifest,
  manifestDigest: string,
): Promise<void> {
  await changeVersion(trx, version, {
    ...nothingPending,
    lifecycle: 'SEALED',
    manifest: Buffer.from(report.manifest),
    manifestDigest,
    sizeBytes: bytesOf(manifest),
    fileCount: manifest.files.filter((file) => file.path !== schemaPath).length,
    sealedAt: sql`now()`,
  })
  await trx
    .updateTable('uploads')
    .set({ endedAt: sql`now()` })
    .where('versionId', '=', version.versionId)
    .execute()
}

const bytesOf = (manifest: Manifest): number => manifest.files.reduce((sum, file) => sum + file.size, 0)

const countVersion = (trx: Transaction<DB>, image: ImageRow, manifest: Manifest): Promise<void> =>
  publishChange(trx, image.uid, {
    versionId: manifest.version,
    counts: {
      sealedCount: image.sealedCount + 1,
      sealedBytes: image.sealedBytes + bytesOf(manifest),
    },
  })
