import { schemaPath } from '@goldkeep/domain'
import { formatMajor, type Manifest, type VolumeIdentity } from '@goldkeep/volume'
import type { SealCandidate } from '../../src/store/version-store.js'

/** The manifest that a seal writes, without a look into the files. */
export function manifestOf(identity: VolumeIdentity, { view, files }: SealCandidate): Manifest {
  const { upload } = view
  const described = files.map(({ path, size, sha256 }) => ({
    path,
    size,
    digests: { sha256 },
    kind: 'unknown',
  }))
  return {
    format: formatMajor,
    house: identity.house,
    volume: identity.volume,
    image: upload.imageId,
    uid: upload.imageUid,
    version: upload.versionId,
    began: upload.beginTime,
    sealed: new Date().toISOString(),
    capture: { ...upload.capture },
    files: [
      { path: schemaPath, size: upload.schemaSize, digests: { sha256: upload.schemaDigest }, kind: 'schema' },
      ...described,
    ],
  }
}
