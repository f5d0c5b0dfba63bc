import { DomainError, type FilePath, type VersionId } from '@goldkeep/domain'
import { parseManifest, volumeNames } from '@goldkeep/volume'
import { join } from 'node:path'
import type { OpenFile } from '../version-store.js'
import { lookAt } from './directories.js'
import { findHeld, versionNotFound, type HeldAt } from './find-held.js'
import { describeFaults } from './io-faults.js'
import { openSealedFile } from './open-stored-file.js'
import { isErrno } from './syscalls.js'
import type { VolumeContents } from './volume-contents.js'
import { describeDirectory } from './version-index.js'
import { readWhole, sha256Of } from './whole-files.js'

/** The manifest of a version, in its place or in the trash. See VersionStore.readManifest. */
export function readHeldManifest(volume: VolumeContents, versionId: VersionId): Promise<Uint8Array> {
  return whereHeld(volume, versionId, (held) => readManifest(volume, held, versionId))
}

/** A file of a version, in its place or in the trash. See VersionStore.openFile. */
export function openHeldFile(
  volume: VolumeContents,
  versionId: VersionId,
  path: FilePath,
): Promise<OpenFile> {
  return whereHeld(volume, versionId, async (held) => {
    const { files } = parseManifest(await readManifest(volume, held, versionId))
    const entry = files.find((file) => file.path === path)
    if (entry) return openSealedFile(volume.root, held.directory, entry)
    throw new DomainError('FILE_NOT_FOUND', `version ${versionId} has no file ${path}`, {
      version_id: versionId,
      path,
    })
  })
}

/** Does the work where the version is, and once more when it was renamed meanwhile. */
async function whereHeld<T>(
  volume: VolumeContents,
  versionId: VersionId,
  work: (held: HeldAt) => Promise<T>,
): Promise<T> {
  return describeFaults(`read version ${versionId}`, async () => {
    for (;;) {
      const held = findHeld(volume, versionId)
      try {
        return await work(held)
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw error
        await volume.relocating.get(versionId)
        if (findHeld(volume, versionId).directory !== held.directory) continue
        if (!(await lookAt(volume.root, held.directory))) throw versionNotFound(versionId)
        throw new DomainError(
          'VERSION_DAMAGED',
          `${held.directory}: a file of the version is gone from the volume`,
          { version_id: versionId },
          { cause: error },
        )
      }
    }
  })
}

/** @throws Error ENOENT when it is absent */
async function readManifest(
  { root }: VolumeContents,
  held: HeldAt,
  versionId: VersionId,
): Promise<Uint8Array> {
  const path = join(held.directory, volumeNames.manifest)
  const bytes = await readWhole(root, path)
  if (!bytes) throw Object.assign(new Error(`${path} is absent`), { code: 'ENOENT' })
  const expected =
    held.manifestDigest ?? (await describeDirectory(root, held.directory, versionId)).manifestDigest
  if (sha256Of(bytes) === expected) return bytes
  throw new DomainError('VERSION_DAMAGED', `${path} is not what it was when storage started`)
}
