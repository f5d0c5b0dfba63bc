import { detectKind, runQuickChecks, sealLimits, type CheckSubject } from '@goldkeep/checks'
import { schemaPath, type Finding, type VersionId } from '@goldkeep/domain'
import { formatMajor, parseManifest, type Manifest, type ManifestFile } from '@goldkeep/volume'
import type { SealEntry } from '../store/upload.js'
import type { SealCandidate, StoredFile, StoredVersion, VersionStore } from '../store/version-store.js'
import { compareWithManifest } from './compare-with-manifest.js'
import type { SealReporter } from './report-seals.js'
import type { UploadDesk } from './upload-desk.js'

export interface SealDependencies {
  readonly store: VersionStore
  readonly desk: UploadDesk
  readonly reporter: SealReporter
  readonly checkLimits: CheckLimits
}

/** What the quick checks take from the configuration. */
export interface CheckLimits {
  readonly emptyShare: number
}

export interface SealAnswer {
  readonly version: StoredVersion
  readonly manifest: Uint8Array
  readonly findings: readonly Finding[]
  /** Whether the catalog knows of it. */
  readonly recorded: boolean
}

/**
 * Makes the version. A repeat with the same list gives the same answer; the quick checks' findings are told
 * and never stand in the way.
 * @throws DomainError UPLOAD_BUSY, FILE_MISSING, FILE_UNFINISHED, SIZE_MISMATCH, DIGEST_MISMATCH,
 *   EXTRA_STAGED_FILES
 */
export async function sealUpload(
  { store, desk, reporter, checkLimits }: SealDependencies,
  versionId: VersionId,
  entries: readonly SealEntry[],
): Promise<SealAnswer> {
  const sealed = await desk.exclusively(versionId, async () => {
    const before = await store.completeSeal(versionId)
    if (before) return sealedBefore(store, before, entries, checkLimits)
    const candidate = await store.prepareSeal(versionId, entries)
    const { schema, files, view } = candidate
    const findings = await check({ schema, files, capture: view.upload.capture }, checkLimits)
    const version = await store.seal(versionId, await describe(store, candidate))
    return { version, findings, manifest: await store.readManifest(versionId) }
  })
  return { ...sealed, recorded: await reporter.report(versionId, sealed.findings) }
}

async function sealedBefore(
  store: VersionStore,
  version: StoredVersion,
  entries: readonly SealEntry[],
  limits: CheckLimits,
): Promise<Omit<SealAnswer, 'recorded'>> {
  const manifest = await store.readManifest(version.versionId)
  compareWithManifest(parseManifest(manifest), entries)
  return { version, manifest, findings: await findingsOf(store, version.versionId, limits) }
}

/** The quick findings of a sealed version; the same as at its seal. */
export async function findingsOf(
  store: VersionStore,
  versionId: VersionId,
  limits: CheckLimits,
): Promise<Finding[]> {
  const { files, capture } = parseManifest(await store.readManifest(versionId))
  const schema = await store.openFile(versionId, schemaPath)
  try {
    const { profileId, ...rest } = capture
    const stored = files
      .filter(({ path }) => path !== schemaPath)
      .map(({ path, size, digests }) => ({
        path,
        size,
        sha256: digests.sha256,
        open: () => store.openFile(versionId, path),
      }))
    const subject = {
      schema: await schema.read(0, schema.size),
      capture: { ...rest, ...(profileId && { profileId }) },
      files: stored,
    }
    return await check(subject, limits)
  } finally {
    await schema.close()
  }
}

const check = (subject: CheckSubject, limits: CheckLimits): Promise<Finding[]> =>
  runQuickChecks(subject, { ...sealLimits, ...limits })

async function describe(store: VersionStore, { view, files }: SealCandidate): Promise<Manifest> {
  const { upload } = view
  const described: ManifestFile[] = []
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1)))
    described.push(await describeFile(file))
  return {
    format: formatMajor,
    house: store.identity.house,
    volume: store.identity.volume,
    image: upload.imageId,
    uid: upload.imageUid,
    version: upload.versionId,
    began: upload.beginTime,
    sealed: new Date().toISOString(),
    ...(upload.agent !== undefined && { agent: upload.agent }),
    ...(upload.source !== undefined && {
      source: { ...upload.source, macs: [...(upload.source.macs ?? [])] },
    }),
    capture: { ...upload.capture },
    files: [
      { path: schemaPath, size: upload.schemaSize, digests: { sha256: upload.schemaDigest }, kind: 'schema' },
      ...described,
    ],
  }
}

async function describeFile({ path, size, sha256, open }: StoredFile): Promise<ManifestFile> {
  const file = await open()
  try {
    return { path, size, digests: { sha256 }, kind: await detectKind(file, path) }
  } finally {
    await file.close()
  }
}
