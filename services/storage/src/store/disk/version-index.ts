import { isVersionId, parseImageId, type ImageId, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { parseManifest, volumeLayout } from '@goldkeep/volume'
import type { StoredVersion } from '../version-store.js'
import { listDirectory, type VolumeRoot } from './directories.js'
import { readWhole, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** Every image directory of the volume. What does not look like one is left alone. */
export async function listImages(root: VolumeRoot): Promise<ImageId[]> {
  return (await listDirectory(root, layout.images)).flatMap((name) => {
    try {
      return [parseImageId(name)]
    } catch {
      return []
    }
  })
}

/** Reads every manifest, so that a version is found by its id alone. */
export async function indexVersions(root: VolumeRoot, log: Logger): Promise<Map<VersionId, StoredVersion>> {
  const index = new Map<VersionId, StoredVersion>()
  for (const imageId of await listImages(root)) {
    for (const name of await listDirectory(root, layout.versions(imageId))) {
      if (!isVersionId(name)) continue
      const version = await describeVersion(root, imageId, name).catch((error: unknown) => {
        log.warn({ err: error, imageId, versionId: name }, 'a version directory cannot be used')
        return undefined
      })
      if (version) index.set(name, version)
    }
  }
  return index
}

/** @throws Error when the manifest is absent, unreadable or another version's */
export async function describeVersion(
  root: VolumeRoot,
  imageId: ImageId,
  versionId: VersionId,
): Promise<StoredVersion> {
  const path = layout.manifest(imageId, versionId)
  const bytes = await readWhole(root, path)
  if (!bytes) throw new Error(`${path} is absent`)
  const manifest = parseManifest(bytes)
  if (manifest.version !== versionId || manifest.image !== imageId)
    throw new Error(`${path} is the manifest of ${manifest.image}, version ${manifest.version}`)
  return { versionId, imageId, imageUid: manifest.uid, manifestDigest: sha256Of(bytes) }
}
