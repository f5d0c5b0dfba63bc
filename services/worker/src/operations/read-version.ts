import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openLocalFile, type CheckSubject } from '@goldkeep/checks'
import { schemaPath, type Finding } from '@goldkeep/domain'
import { parseManifest, parseVolumeIdentity, volumeLayout, type Manifest } from '@goldkeep/volume'
import type { Validation } from './validation.js'

/** The id of the volume that is mounted here; none while it cannot be read. */
export async function readableVolume(volume: string | undefined): Promise<readonly string[]> {
  if (volume === undefined) return []
  try {
    return [parseVolumeIdentity(await readFile(volumeLayout(volume).identity)).volume]
  } catch {
    return []
  }
}

/**
 * Finds a version on the volume and makes sure that it is the one that was sealed. What this worker
 * cannot see (another mount, a share that lags) is an ERROR, which is tried again; another manifest than
 * the one that was sealed is a FAIL.
 */
export async function readVersion(
  volume: string,
  validation: Validation,
): Promise<{ readonly subject: CheckSubject } | { readonly finding: Finding }> {
  const { imageId, versionId, volumeId, manifestSha256, capture } = validation
  const layout = volumeLayout(volume)
  const directory = layout.version(imageId, versionId)
  try {
    const mounted = parseVolumeIdentity(await readFile(layout.identity)).volume
    if (mounted !== volumeId)
      return { finding: unseen('This worker has another volume mounted.', volumeId, mounted) }
    const bytes = await readFile(layout.manifest(imageId, versionId))
    const found = createHash('sha256').update(bytes).digest('hex')
    if (found !== manifestSha256) return { finding: otherManifest(manifestSha256, found) }
    const manifest = parseManifest(bytes)
    const schema = await readFile(join(directory, schemaPath))
    return { subject: { ...subjectOf(manifest, directory), schema, capture } }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { finding: unseen('This worker cannot see the version.', 'a readable version directory', why) }
  }
}

function subjectOf(manifest: Manifest, directory: string): Pick<CheckSubject, 'files' | 'schemaSha256'> {
  const schema = manifest.files.find(({ path }) => path === schemaPath)
  const files = manifest.files
    .filter(({ path }) => path !== schemaPath)
    .map(({ path, size, digests }) => {
      const localPath = join(directory, path)
      return { path, size, sha256: digests.sha256, localPath, open: () => openLocalFile(localPath) }
    })
  return { files, ...(schema && { schemaSha256: schema.digests.sha256 }) }
}

const unseen = (message: string, expected: string, found: string): Finding => ({
  check: 'digests',
  verdict: 'ERROR',
  expected,
  found: found.slice(0, 300),
  message,
})

const otherManifest = (expected: string, found: string): Finding => ({
  check: 'digests',
  verdict: 'FAIL',
  path: 'version.json',
  expected: `sha256 ${expected}`,
  found: `sha256 ${found}`,
  message: 'The manifest on the volume is not the one that was sealed.',
})
