import { schemaPath, type AttemptId } from '@goldkeep/domain'
import type { Manifest } from '@goldkeep/volume'
import type { StagedFile, UploadView } from '../upload.js'

/** The upload that a sealed version was, for those who ask after its staging is gone. */
export function viewOfSealed(manifest: Manifest): UploadView {
  const schema = manifest.files.find(({ path }) => path === schemaPath)
  const { profileId, ...capture } = manifest.capture
  return {
    phase: 'SEALED',
    lastByteTime: manifest.sealed,
    upload: {
      versionId: manifest.version,
      imageId: manifest.image,
      imageUid: manifest.uid,
      capture: { ...capture, ...(profileId !== undefined && { profileId }) },
      schemaDigest: schema?.digests.sha256 ?? '',
      schemaSize: schema?.size ?? 0,
      beginTime: manifest.began,
    },
    files: manifest.files
      .filter(({ path }) => path !== schemaPath)
      .map(({ path, size, digests }): StagedFile => ({
        path,
        attemptId: '' as AttemptId,
        committedSize: size,
        state: 'COMPLETE',
        sha256: digests.sha256,
        updateTime: manifest.sealed,
      })),
  }
}
