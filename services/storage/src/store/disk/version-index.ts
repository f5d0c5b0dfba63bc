import {
  DomainError,
  isVersionId,
  parseImageId,
  type ImageId,
  type Uid,
  type VersionId,
} from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { parseManifest, volumeLayout, volumeNames, type Manifest } from '@goldkeep/volume'
import { join } from 'node:path'
import type { Unreadable } from '../unreadable.js'
import type { StoredVersion, VersionCopy } from '../version-store.js'
import type { CommandJournal } from './command-journal.js'
import { belongingOf } from './command-records.js'
import { listDirectory, lookAt, type VolumeRoot } from './directories.js'
import type { HeldDocument } from './image-documents.js'
import { isReadFailure } from './read-failure.js'
import { readWhole, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** What tells which image a version's directory belongs to. */
export interface Belongings {
  readonly root: VolumeRoot
  readonly commands: CommandJournal
  /** By image id. */
  readonly documents: ReadonlyMap<string, HeldDocument>
}

/** What a look at the versions fills in. */
export interface IndexedVersions {
  readonly index: Map<VersionId, StoredVersion>
  readonly copies: VersionCopy[]
  readonly unreadable: Set<Unreadable>
}
export type Indexing = Belongings & IndexedVersions & { readonly log: Logger }

/** Every image directory of the volume, by name. What does not look like one is left alone. */
export async function listImages(root: VolumeRoot): Promise<ImageId[]> {
  const ids = (await listDirectory(root, layout.images)).flatMap((name) => {
    try {
      return [parseImageId(name)]
    } catch {
      return []
    }
  })
  return ids.sort()
}

/** Reads every manifest, so that a version is found by its id alone. */
export async function indexVersions(volume: Belongings, log: Logger): Promise<IndexedVersions> {
  const found: IndexedVersions = { index: new Map(), copies: [], unreadable: new Set() }
  for (const imageId of await listImages(volume.root)) {
    const isListed = await indexImage({ ...volume, ...found, log }, imageId)
    if (!isListed) found.unreadable.add({ what: 'versions', imageId })
  }
  return found
}

/**
 * Reads the manifests of one image's versions.
 * @returns whether they could be listed
 */
export async function indexImage(volume: Indexing, imageId: ImageId): Promise<boolean> {
  const { root, log, unreadable } = volume
  try {
    for (const name of await listDirectory(root, layout.versions(imageId))) {
      if (!isVersionId(name) || (await indexVersion(volume, imageId, name))) continue
      unreadable.add({ what: 'version', imageId, versionId: name })
    }
    return true
  } catch (error) {
    log.error({ err: error, imageId }, 'the versions of an image cannot be listed')
    return !isReadFailure(error)
  }
}

/**
 * Reads the manifest of one directory of an image, and remembers what it is.
 * @returns whether it could be read
 */
export async function indexVersion(
  volume: Indexing,
  imageId: ImageId,
  versionId: VersionId,
): Promise<boolean> {
  const { root, log, index, copies } = volume
  if (index.get(versionId)?.imageId === imageId) return true
  try {
    remember(volume, await describeVersion(volume, imageId, versionId))
  } catch (error) {
    log.warn({ err: error, imageId, versionId }, 'a version directory cannot be used')
    if (isReadFailure(error)) return false
    if (await lookAt(root, layout.version(imageId, versionId))) copies.push({ versionId, imageId })
  }
  return true
}

function remember({ log, index, copies, commands }: Indexing, found: StoredVersion): void {
  const { versionId } = found
  const other = index.get(versionId)
  const { kept, copy } = other ? chooseOf(other, found, commands) : { kept: found, copy: undefined }
  index.set(versionId, kept)
  if (!copy) return
  log.error({ versionId, imageId: kept.imageId, copyIn: copy.imageId }, 'a version has two directories')
  copies.push(copy)
}

/** Of two directories of one version the one where the last command put it counts, else the first. */
function chooseOf(first: StoredVersion, second: StoredVersion, commands: CommandJournal) {
  const wanted = belongingOf(commands.find(first.versionId))?.imageId
  return second.imageId === wanted ? { kept: second, copy: first } : { kept: first, copy: second }
}

/**
 * The version in an image's directory. The directory says of which image it is: a manifest never changes,
 * also when its version is moved.
 * @throws Error when the manifest is absent, unreadable or another version's
 */
export async function describeVersion(
  volume: Belongings,
  imageId: ImageId,
  versionId: VersionId,
): Promise<StoredVersion> {
  const { manifest, manifestDigest } = await describeDirectory(
    volume.root,
    layout.version(imageId, versionId),
    versionId,
  )
  return { versionId, imageId, imageUid: uidOf(volume, imageId, manifest), manifestDigest }
}

/** @throws DomainError VERSION_DAMAGED when its manifest is absent, unreadable or another version's */
export async function describeDirectory(
  root: VolumeRoot,
  directory: string,
  versionId: VersionId,
): Promise<{ manifest: Manifest; manifestDigest: string }> {
  const path = join(directory, volumeNames.manifest)
  const damaged = (found: string): DomainError =>
    new DomainError('VERSION_DAMAGED', `${path}: expected the manifest of ${versionId}, found ${found}`, {
      version_id: versionId,
      found,
    })
  const bytes = await readWhole(root, path)
  if (!bytes) throw damaged('no file')
  const manifest = parseOrRefuse(bytes, damaged)
  if (manifest.version !== versionId) throw damaged(`that of ${manifest.version}`)
  return { manifest, manifestDigest: sha256Of(bytes) }
}

function parseOrRefuse(bytes: Uint8Array, damaged: (found: string) => DomainError): Manifest {
  try {
    return parseManifest(bytes)
  } catch (error) {
    throw damaged((error as Error).message)
  }
}

function uidOf({ commands, documents }: Belongings, imageId: ImageId, manifest: Manifest): Uid {
  const placed = belongingOf(commands.find(manifest.version))
  if (placed?.imageId === imageId) return placed.imageUid
  if (manifest.image === imageId) return manifest.uid
  return documents.get(imageId)?.document.uid ?? manifest.uid
}
