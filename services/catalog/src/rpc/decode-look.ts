import { presenceWords, sha256FromProto, type catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { ReportedLook } from '../operations/record-looks.js'

/** @throws DomainError INVALID_FIELD */
export function decodeLook(look: catalog.LookedAtVersion): ReportedLook {
  const { versionId, found, fingerprint, wantedTime, imageId } = look
  const presence = presenceWords.fromProto(look.presence)
  if (!presence)
    throw new DomainError(
      'INVALID_FIELD',
      `looked_at.presence of ${versionId}: expected what the look found, found none`,
      {
        field: 'looked_at.presence',
      },
    )
  const manifestDigest = look.manifestDigest
    ? sha256FromProto(look.manifestDigest, 'looked_at.manifest_digest')
    : ''
  return { versionId, presence, found, imageId, manifestDigest, fingerprint, wantedTime }
}
