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
import type { StoredVersion, VersionCopy } from '../version-store.js'
import type { CommandJournal } from './command-journal.js'
import { belongingOf } from './command-records.js'
import { listDirectory, type VolumeRoot } from './directories.js'
import type { HeldDocument } from './image-documents.js'
import { readWhole, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** What tells which image a version's directory belongs to. */
export interface Belongings {
  readonly root: VolumeRoot
  readonly commands: CommandJournal
  /** By image id. */
  readonly documents: ReadonlyMap<string, HeldDocument>
}

export interface VersionIndex {
  readonly index: Map<VersionId, StoredVersion>
  readonly copies: VersionCopy[]
}

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
export async function indexVersions(volume: Belongings, log: Logger): Promise<VersionIndex> {
  const index = new Map<VersionId, StoredVersion>()
  const copies: VersionCopy[] = []
  for (const imageId of await listImages(volume.root)) {
    for (const versionId of await listDirectory(volume.root, layout.versions(imageId))) {
      if (!isVersionId(versionId)) continue
      const found = await describeVersion(volume, imageId, versionId).catch((error: unknown) => {
        log.warn({ err: error, imageId, versionId }, 'a version directory cannot be used')
        copies.push({ versionId, imageId })
        return undefined
      })
      const other = index.get(versionId)
      if (!found) continue
      if (!other) index.set(versionId, found)
      else {
        const { kept, copy } = chooseOf(other, found, volume.commands)
        log.error({ versionId, imageId: kept.imageId, copyIn: copy.imageId }, 'a version has two directories')
        index.set(versionId, kept)
        copies.push(copy)
      }
    }
  }
  return { index, copies }
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
