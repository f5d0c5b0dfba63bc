import { DomainError, listed } from '@goldkeep/domain'

export type OnOpenUpload = 'REFUSE' | 'RESUME' | 'REPLACE'

/** An open upload of the same machine and image. */
export interface OpenUpload {
  readonly versionId: string
  readonly schemaDigest: string
  readonly completeFiles: readonly string[]
}

/**
 * Why a second upload is not begun beside the first, with what is complete in it.
 */
export function openUploadExists(open: OpenUpload, imageId: string): DomainError {
  const complete = open.completeFiles.length === 0 ? 'nothing' : listed(open.completeFiles)
  return new DomainError(
    'OPEN_UPLOAD_EXISTS',
    `this machine has the open upload ${open.versionId} for image ${imageId}, with ${complete} complete; ` +
      'resume it, or replace it',
    { version_id: open.versionId, complete: listed(open.completeFiles) },
  )
}

/** @throws DomainError SCHEMA_MISMATCH when the upload to go on with was begun with another schema */
export function assertSameSchema(open: OpenUpload, schemaDigest: string): void {
  if (open.schemaDigest === schemaDigest) return
  throw new DomainError(
    'SCHEMA_MISMATCH',
    `upload ${open.versionId} was begun with another schema; expected sha256 ${open.schemaDigest}, ` +
      `found ${schemaDigest}; replace the upload instead`,
    { version_id: open.versionId, expected: open.schemaDigest, found: schemaDigest },
  )
}
