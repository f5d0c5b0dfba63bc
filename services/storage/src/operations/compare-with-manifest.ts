import { DomainError, listed, schemaPath } from '@goldkeep/domain'
import type { Manifest } from '@goldkeep/volume'
import type { SealEntry } from '../store/upload.js'

/**
 * Whether a repeated seal asks for what was sealed.
 * @throws DomainError FILE_MISSING, EXTRA_STAGED_FILES, SIZE_MISMATCH, DIGEST_MISMATCH
 */
export function compareWithManifest(manifest: Manifest, entries: readonly SealEntry[]): void {
  const files = new Map(manifest.files.map((file) => [file.path, file]))
  files.delete(schemaPath)
  for (const { path, size, sha256 } of entries) {
    const file = files.get(path)
    if (!file)
      throw refuse('FILE_MISSING', `is not in the version ${manifest.version}, which is sealed`, path)
    if (file.size !== size)
      throw refuse('SIZE_MISMATCH', `was sealed with ${file.size} bytes, the list says ${size}`, path)
    if (file.digests.sha256 !== sha256)
      throw refuse('DIGEST_MISMATCH', `was sealed with sha256 ${file.digests.sha256}, found ${sha256}`, path)
    files.delete(path)
  }
  if (files.size > 0)
    throw refuse('EXTRA_STAGED_FILES', 'was sealed and is not in the list', listed([...files.keys()]))
}

function refuse(
  reason: 'FILE_MISSING' | 'EXTRA_STAGED_FILES' | 'SIZE_MISMATCH' | 'DIGEST_MISMATCH',
  why: string,
  path: string,
): DomainError {
  return new DomainError(reason, `${path} ${why}`, { path })
}
