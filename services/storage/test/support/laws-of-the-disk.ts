import { isVersionId, type ImageId, type VersionId } from '@goldkeep/domain'
import { parseImageDocument, parseManifest, primaryLinkTarget, volumeLayout } from '@goldkeep/volume'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sha256, sha256Once } from './bytes.js'
import type { KnownImage, KnownVersion, Ledger, Place } from './ledger.js'

/**
 * The laws that hold on the volume at any instant, also while no storage service runs, as those see it who
 * read the share.
 * @returns what is broken, in sentences; none when the laws hold
 */
export function brokenOnDisk(volume: string, ledger: Ledger): string[] {
  const broken: string[] = []
  for (const [versionId, known] of ledger.versions) broken.push(...brokenVersion(volume, versionId, known))
  broken.push(...versionsFromNowhere(volume, ledger))
  for (const [imageId, known] of ledger.images) broken.push(...brokenImage(volume, imageId, known))
  for (const [path, bytes] of ledger.strangers)
    if (readIfThere(join(volume, path))?.equals(bytes) !== true)
      broken.push(`${path}, which is a stranger's, changed`)
  return broken
}

function brokenVersion(volume: string, versionId: VersionId, known: KnownVersion): string[] {
  const layout = volumeLayout(volume)
  const sealed = [...known.images].map((imageId) => layout.version(imageId, versionId)).filter(exists)
  const trashed = names(layout.trash).filter((name) => placeInTrash(name, versionId) !== undefined)
  const places: Place[] = [
    ...sealed.map(() => 'versions' as const),
    ...trashed.map((name) => placeInTrash(name, versionId) ?? 'trash'),
  ]
  if (places.length > 1) return [`version ${versionId} is in ${places.join(' and ')}`]
  const [place = exists(layout.stagedTree(versionId)) ? 'staging' : 'nowhere'] = places
  // A tree is staged, and a version of nowhere, until its seal's one rename.
  const fits = known.may.has(place) || (place === 'staging' && known.may.has('nowhere'))
  if (!fits) return [`version ${versionId} is in ${place}, expected ${[...known.may].join(' or ')}`]
  if (place === 'versions') return brokenFiles(sealed[0] ?? '', known)
  if (place !== 'trash') return []
  const lying = join(layout.trash, trashed[0] ?? '')
  const lost = exists(`${lying}.json`) ? [] : [`nothing says whence ${lying} came`]
  return [...lost, ...brokenFiles(lying, known)]
}

/** Which place of the trash an entry is for a version, if it is one. A sidecar is none. */
function placeInTrash(name: string, versionId: VersionId): Place | undefined {
  if (name.startsWith(`${versionId}@`) && !name.endsWith('.json')) return 'trash'
  return name.startsWith(`.purging-${versionId}`) && !name.endsWith('.json') ? 'purging' : undefined
}

function brokenFiles(directory: string, { files }: KnownVersion): string[] {
  const broken: string[] = []
  const manifest = readIfThere(join(directory, 'version.json'))
  if (!manifest) return [`${directory} has no manifest`]
  const listed = parseManifest(manifest).files
  if (listed.length !== files.size) broken.push(`${directory}: the manifest lists ${listed.length} files`)
  for (const { path, size, digests } of listed) {
    const bytes = files.get(path)
    const found = readIfThere(join(directory, path))
    if (!bytes || !found?.equals(bytes)) broken.push(`${directory}/${path} is not what was uploaded`)
    else if (digests.sha256 !== sha256Once(bytes) || size !== bytes.length)
      broken.push(`the manifest of ${directory} is wrong about ${path}`)
    else if ((lstatSync(join(directory, path)).mode & 0o777) !== 0o444)
      broken.push(`${directory}/${path} can be written`)
  }
  const lines = listed.map(({ path }) => `${sha256Once(files.get(path) ?? manifest)}  ${path}\n`)
  const sums = [...lines, `${sha256(manifest)}  version.json\n`].join('')
  if (readIfThere(join(directory, 'SHA256SUMS'))?.toString() !== sums)
    broken.push(`${directory}/SHA256SUMS is not that of its files`)
  return broken
}

function versionsFromNowhere(volume: string, ledger: Ledger): string[] {
  const layout = volumeLayout(volume)
  return names(layout.images).flatMap((imageId) =>
    names(join(layout.images, imageId))
      .filter((name) => name === 'versions')
      .flatMap(() => names(layout.versions(imageId as ImageId)))
      .filter((name) => isVersionId(name) && !ledger.versions.get(name)?.images.has(imageId as ImageId))
      .map((name) => `images/${imageId} holds ${name}, which nobody sealed there`),
  )
}

function brokenImage(volume: string, imageId: ImageId, { generation, mayLink: may }: KnownImage): string[] {
  const layout = volumeLayout(volume)
  const document = readIfThere(layout.imageFile(imageId))
  if (generation > 0) {
    const published = document ? parseImageDocument(document).generation : 0
    if (published < generation) return [`image ${imageId}: generation ${generation} was published`]
  }
  const link = layout.primaryLink(imageId)
  const target = exists(link) ? readlinkSync(link) : undefined
  const targets = [...may].map((versionId) => versionId && primaryLinkTarget(imageId, versionId))
  if (!targets.includes(target))
    return [`the primary link of ${imageId} is ${target ?? 'absent'}, expected ${targets.join(' or ')}`]
  if (target !== undefined && !readIfThere(join(link, 'version.json')))
    return [`${target} is a dangling primary`]
  return []
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function names(directory: string): string[] {
  return lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(directory) : []
}

export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
