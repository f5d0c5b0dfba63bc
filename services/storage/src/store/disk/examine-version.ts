import type { ImageId, VersionId } from '@goldkeep/domain'
import { parseManifest, volumeLayout, volumeNames, type ManifestFile } from '@goldkeep/volume'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ExaminedVersion, StoredVersion } from '../version-store.js'
import { lookAt } from './directories.js'
import { linkRestored } from './publish-image.js'
import { isReadFailure } from './read-failure.js'
import { isErrno } from './syscalls.js'
import { indexVersion } from './version-index.js'
import type { VolumeContents } from './volume-contents.js'
import { readWhole, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** See VersionStore.examine. */
export async function examineVersion(
  volume: VolumeContents,
  versionId: VersionId,
  imageId: ImageId,
): Promise<ExaminedVersion> {
  try {
    return await examine(volume, versionId, imageId)
  } catch (error) {
    if (isReadFailure(error)) return { presence: 'UNREADABLE', found: error.message }
    // Such as a link where a directory was.
    if (isErrno(error, 'ENOTDIR', 'ELOOP'))
      return { presence: 'DAMAGED', found: `expected a directory, found something else (${error.message})` }
    throw error
  }
}

async function examine(
  volume: VolumeContents,
  versionId: VersionId,
  imageId: ImageId,
): Promise<ExaminedVersion> {
  const { root, index, log } = volume
  const live = index.get(versionId)
  const place = layout.version(live?.imageId ?? imageId, versionId)
  if (!(await lookAt(root, place))) {
    if (index.delete(versionId)) log.error({ versionId, place }, 'the directory of a version is gone')
    return { presence: 'MISSING', found: `${place}: expected the version's directory, found nothing` }
  }
  const version = live ?? (await findAgain(volume, versionId, imageId))
  if (!version)
    return { presence: 'DAMAGED', found: `${place}/${volumeNames.manifest}: expected the version's manifest` }
  return compareWithManifest(volume, version, place)
}

/** A directory that was put back while storage runs. */
async function findAgain(
  volume: VolumeContents,
  versionId: VersionId,
  imageId: ImageId,
): Promise<StoredVersion | undefined> {
  await indexVersion(volume, imageId, versionId)
  const found = volume.index.get(versionId)
  if (!found) return undefined
  volume.log.info({ versionId, imageId }, 'the directory of a version is back')
  await linkRestored(volume, found)
  return found
}

async function compareWithManifest(
  { root }: VolumeContents,
  { imageId, manifestDigest }: StoredVersion,
  place: string,
): Promise<ExaminedVersion> {
  const damaged = (found: string): ExaminedVersion => ({ presence: 'DAMAGED', found })
  const bytes = await readWhole(root, join(place, volumeNames.manifest))
  if (!bytes) return damaged(`${volumeNames.manifest}: expected the manifest, found no file`)
  if (sha256Of(bytes) !== manifestDigest)
    return damaged(`${volumeNames.manifest}: expected sha256 ${manifestDigest}, found ${sha256Of(bytes)}`)
  const hash = createHash('sha256')
  for (const file of parseManifest(bytes).files) {
    const stats = await lookAt(root, join(place, file.path))
    const fault = faultOf(file, stats)
    if (fault !== undefined) return damaged(fault)
    hash.update(`${file.path} ${stats?.ino} ${stats?.size} ${stats?.mtimeMs}\n`)
  }
  return { presence: 'PRESENT', imageId, manifestDigest, fingerprint: hash.digest('hex') }
}

function faultOf(
  { path, size }: ManifestFile,
  stats: Awaited<ReturnType<typeof lookAt>>,
): string | undefined {
  const expected = `${path}: expected a file of ${size} bytes, found`
  if (!stats) return `${expected} none`
  if (!stats.isFile()) return `${expected} something that is no regular file`
  return stats.size === size ? undefined : `${expected} ${stats.size} bytes`
}
