import { DomainError, type VersionId } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import type { StoredVersion } from '../version-store.js'
import { trashedOf } from './trash-index.js'
import { uploadEnded } from './staged-upload.js'
import { requireReadable, type VolumeContents } from './volume-contents.js'

const layout = volumeLayout('')

/** Where the bytes of a version are now. */
export interface HeldAt {
  readonly directory: string
  /** Hex; absent when its manifest could not be read when it was looked at. */
  readonly manifestDigest?: string
}

/**
 * Where a version can be read: in its place, or else in the trash.
 * @throws DomainError VERSION_GONE from the beginning of its purge on, VERSION_NOT_FOUND, IO_ERROR
 */
export function findHeld(volume: VolumeContents, versionId: VersionId): HeldAt {
  const { index, trash, commands } = volume
  const live = index.get(versionId)
  if (live) return { directory: layout.version(live.imageId, versionId), manifestDigest: live.manifestDigest }
  const last = commands.find(versionId)
  const purged = last?.verb === 'purge' ? last.plan.name : undefined
  const lying = trashedOf(trash, versionId)
  const found = lying.find(({ name, isPurging }) => !isPurging && name !== purged)
  if (found) {
    const { name, manifestDigest } = found
    return { directory: layout.trashed(name), ...(manifestDigest !== undefined && { manifestDigest }) }
  }
  if (lying.length > 0 || last?.verb === 'purge') throw versionGone(versionId)
  requireReadable(volume, versionId)
  throw versionNotFound(versionId)
}

/**
 * The version in its place.
 * @throws DomainError VERSION_NOT_SEALED when it is being uploaded or lies in the trash, VERSION_GONE,
 *   VERSION_NOT_FOUND
 */
export function requireLive(volume: VolumeContents, versionId: VersionId): StoredVersion {
  const live = volume.index.get(versionId)
  if (live) return live
  refuseStaged(volume, versionId)
  requireReadable(volume, versionId)
  findHeld(volume, versionId)
  throw notSealed(versionId, 'lies in the trash; restore it first')
}

/** @throws DomainError VERSION_NOT_SEALED */
export function refuseStaged({ uploads }: VolumeContents, versionId: VersionId): void {
  const staged = uploads.get(versionId)
  if (staged) throw notSealed(versionId, `is an upload that is ${staged.state.phase}; seal it first`)
}

/**
 * Refuses an upload whose version was sealed or ended here before.
 * @throws DomainError UPLOAD_ENDED, SEAL_BEGUN, VERSION_GONE
 */
export function refuseFormer({ trash, commands }: VolumeContents, versionId: VersionId): void {
  const last = commands.find(versionId)
  if (last?.verb === 'end-upload' && last.outcome !== 'SEALED') throw uploadEnded(versionId, last.outcome)
  if (trashedOf(trash, versionId).length > 0)
    throw new DomainError(
      'SEAL_BEGUN',
      `version ${versionId} is sealed and lies in the trash; begin another upload`,
      { version_id: versionId },
    )
  if (last) throw versionGone(versionId)
}

/** Whether the version was sealed on this volume, wherever it is by now. */
export function wasSealed({ index, trash, commands }: VolumeContents, versionId: VersionId): boolean {
  if (index.has(versionId) || trashedOf(trash, versionId).length > 0) return true
  const last = commands.find(versionId)
  return last !== undefined && (last.verb !== 'end-upload' || last.outcome === 'SEALED')
}

export function versionNotFound(versionId: VersionId): DomainError {
  return new DomainError('VERSION_NOT_FOUND', `this volume holds no sealed version ${versionId}`, {
    version_id: versionId,
  })
}

export function versionGone(versionId: VersionId): DomainError {
  return new DomainError('VERSION_GONE', `version ${versionId} was held here and is no more`, {
    version_id: versionId,
  })
}

function notSealed(versionId: VersionId, why: string): DomainError {
  return new DomainError('VERSION_NOT_SEALED', `version ${versionId} ${why}`, { version_id: versionId })
}

export function uploadNotFound(versionId: VersionId): DomainError {
  return new DomainError('UPLOAD_NOT_FOUND', `no upload ${versionId} is open on this volume`, {
    version_id: versionId,
  })
}
