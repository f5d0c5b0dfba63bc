import { DomainError, type VersionId } from '@goldkeep/domain'
import type { UploadGrant } from '@goldkeep/tickets'
import { createHash } from 'node:crypto'
import type { StagedUpload, UploadView } from '../store/upload.js'
import type { VersionStore } from '../store/version-store.js'
import type { UploadDesk } from './upload-desk.js'

/**
 * Stages the upload that the ticket grants, with the schema whose digest it holds.
 * @throws DomainError SCHEMA_MISMATCH, UPLOAD_ENDED
 */
export async function openUpload(
  { store, desk }: { readonly store: VersionStore; readonly desk: UploadDesk },
  versionId: VersionId,
  grant: UploadGrant,
  schema: Uint8Array,
): Promise<UploadView> {
  const found = createHash('sha256').update(schema).digest('hex')
  if (found !== grant.schemaDigest)
    throw new DomainError(
      'SCHEMA_MISMATCH',
      `the upload was begun with a schema of sha256 ${grant.schemaDigest}, found ${found}`,
      { expected: grant.schemaDigest, found },
    )
  const upload: StagedUpload = {
    versionId,
    imageId: grant.imageId,
    imageUid: grant.imageUid,
    capture: grant.capture,
    schemaDigest: grant.schemaDigest,
    schemaSize: schema.length,
    beginTime: grant.beginTime,
    ...(grant.agent !== undefined && { agent: grant.agent }),
    ...(grant.source !== undefined && { source: grant.source }),
  }
  // Repeating an open while files are being written is harmless, and so not refused.
  if (desk.writing(versionId).length > 0) return store.view(versionId)
  return desk.exclusively(versionId, () => store.stage(upload, schema))
}
