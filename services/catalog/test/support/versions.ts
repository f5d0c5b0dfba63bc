import { catalog, findingToProto } from '@goldkeep/contracts'
import {
  checkNames,
  newVolumeId,
  parseFilePath,
  parseHouseId,
  parseImageId,
  parseUid,
  parseVersionId,
  parseVolumeId,
  type CheckName,
  type FindingVerdict,
  type VolumeId,
} from '@goldkeep/domain'
import { winpeSchema } from '@goldkeep/testing'
import { formatManifest } from '@goldkeep/volume'
import { randomBytes } from 'node:crypto'
import { useTestCatalog, type TestCatalog } from './test-catalog.js'

export const wimPath = 'hd0/part1.winpe.wim'
export const schema = Buffer.from(winpeSchema({ partitions: [{ number: 1, usedMiB: 10 }] }))
export const worker = { workerId: 'worker-1', capabilities: ['wimlib'] }

let volumesRegistered = 0

/** Announces a volume with room for anything, at an address of its own, and answers its id. */
export async function registerVolume(house: TestCatalog, volumeId: string = newVolumeId()): Promise<string> {
  volumesRegistered += 1
  await house.coordination.registerVolume({
    volumeId,
    address: `127.0.0.1:${20_000 + volumesRegistered}`,
    capacityBytes: 10n ** 12n,
    freeBytes: 10n ** 12n,
  })
  return volumeId
}

/** A catalog for the tests of this `describe` that has a volume and the image `lab`. */
export function useLab(): { readonly house: TestCatalog; readonly volumeId: VolumeId } {
  const volumeId = newVolumeId()
  const house = useTestCatalog(async (started) => {
    await registerVolume(started, volumeId)
    await started.images.create({ imageId: 'lab' })
  })
  return { house, volumeId }
}

/** version.json as storage would write it for an upload. */
export async function manifestOf(
  house: TestCatalog,
  versionId: string,
  volumeId: string,
): Promise<Uint8Array> {
  const version = await versionOf(house, versionId)
  const digest = () => randomBytes(32).toString('hex')
  return formatManifest({
    format: 1,
    house: parseHouseId(house.houseId),
    volume: parseVolumeId(volumeId),
    image: parseImageId(version.imageId),
    uid: parseUid(version.imageUid),
    version: parseVersionId(versionId),
    began: new Date().toISOString(),
    sealed: new Date().toISOString(),
    capture: {
      environment: 'winpe',
      type: 'file',
      schemaOnly: false,
      skipLvmShrink: false,
      customSchema: false,
    },
    files: [
      { path: parseFilePath('schema'), size: schema.length, digests: { sha256: digest() }, kind: 'schema' },
      { path: parseFilePath(wimPath), size: 4096, digests: { sha256: digest() }, kind: 'wim-pipable' },
    ],
  })
}

export interface SealedVersion {
  readonly versionId: string
  readonly number: number
  readonly manifest: Uint8Array
}

export async function recordSealed(
  house: TestCatalog,
  versionId: string,
  volumeId: string,
  manifest?: Uint8Array,
): Promise<SealedVersion> {
  const bytes = manifest ?? (await manifestOf(house, versionId, volumeId))
  const { number } = await house.coordination.recordSealed({ volumeId, versionId, manifest: bytes })
  return { versionId, number, manifest: bytes }
}

/** An upload that was begun and sealed. */
export async function sealVersion(
  house: TestCatalog,
  imageId: string,
  volumeId: string,
): Promise<SealedVersion> {
  const { upload } = await house.uploads.begin({ imageId, schema })
  return recordSealed(house, upload?.versionId ?? '', volumeId)
}

/** The id of the open job of a kind for a subject, as the outbox tells the queue. */
export async function openJobId(house: TestCatalog, kind: string, subjectId: string): Promise<string> {
  const row = await house.db
    .selectFrom('jobs')
    .select('jobId')
    .where('kind', '=', kind as 'validate')
    .where('subjectId', '=', subjectId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  return row.jobId
}

export async function claim(house: TestCatalog, jobId: string): Promise<catalog.Claim> {
  const { outcome } = await house.coordination.claimJob({ jobId, ...worker })
  if (outcome?.$case !== 'claim') throw new Error(`expected a claim, found refusal ${String(outcome?.value)}`)
  return outcome.value
}

/** Findings of every check on the one WIM file: PASS unless told otherwise. */
export function findings(verdicts: Partial<Record<CheckName, FindingVerdict>> = {}): catalog.Finding[] {
  return checkNames.map((check) =>
    findingToProto({
      check,
      verdict: verdicts[check] ?? 'PASS',
      path: wimPath,
      message: `${check} was looked at`,
    }),
  )
}

/** Has a sealed version validated by a worker. */
export async function validate(
  house: TestCatalog,
  versionId: string,
  verdicts: Partial<Record<CheckName, FindingVerdict>> = {},
): Promise<catalog.Verdict> {
  const jobId = await openJobId(house, 'validate', versionId)
  const { claimToken, work } = await claim(house, jobId)
  if (work?.$case !== 'validate') throw new Error(`expected a validation, found ${String(work?.$case)}`)
  const { volumeId } = work.value
  const report = { jobId, claimToken, versionId, volumeId, findings: findings(verdicts) }
  const { verdict } = await house.coordination.reportFindings(report)
  return verdict
}

/** A version that was sealed and found VALID. */
export async function validVersion(
  house: TestCatalog,
  imageId: string,
  volumeId: string,
): Promise<SealedVersion> {
  const version = await sealVersion(house, imageId, volumeId)
  await validate(house, version.versionId)
  return version
}

export const versionOf = (house: TestCatalog, versionId: string): Promise<catalog.Version> =>
  house.versions.get({ by: { $case: 'versionId', value: versionId } })
