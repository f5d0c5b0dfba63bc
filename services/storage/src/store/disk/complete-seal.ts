import { DomainError, type VersionId } from '@goldkeep/domain'
import type { StoredVersion } from '../version-store.js'
import { describeFaults } from './io-faults.js'
import { sealTree } from './seal-tree.js'
import { isErrno } from './syscalls.js'
import { sha256Of } from './whole-files.js'
import { requireRecovered, type VolumeContents } from './volume-contents.js'

/**
 * Ends a seal that is in the upload's journal; `undefined` when there is none.
 * @throws DomainError IO_ERROR from the first fault until the next start has verified every byte
 */
export async function completeSeal(
  volume: VolumeContents,
  versionId: VersionId,
): Promise<StoredVersion | undefined> {
  const { root, index, uploads, log } = volume
  requireRecovered(volume, versionId)
  const staged = uploads.get(versionId)
  staged?.requireSound()
  const sealed = index.get(versionId)
  if (sealed) return sealed
  if (staged?.state.phase !== 'SEALING') return undefined
  const { imageId, imageUid } = staged.state.upload
  const manifest = staged.state.manifest ?? ''
  try {
    return await describeFaults(`seal ${versionId}`, async () => {
      await sealTree(root, manifest)
      // Not read again: from the rename on nothing may fail that is no part of the seal.
      const version = { versionId, imageId, imageUid, manifestDigest: sha256Of(Buffer.from(manifest)) }
      index.set(versionId, version)
      // The version is there. Without this record the next start verifies it once more, and that is all.
      await staged.record({ t: 'sealed' }).catch((error: unknown) => {
        log.warn({ err: error, versionId }, 'the journal of a sealed upload could not be written')
      })
      return version
    })
  } catch (error) {
    if (!mayBeRepeated(error)) staged.condemn(error)
    throw error
  }
}

/** Room can be made and the steps repeated. After a sync that failed, for whatever reason, they cannot. */
function mayBeRepeated(error: unknown): boolean {
  if (!(error instanceof DomainError && error.reason === 'NO_SPACE')) return false
  return !(isErrno(error.cause) && error.cause.syscall === 'fsync')
}
