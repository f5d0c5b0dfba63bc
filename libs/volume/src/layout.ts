import type { ChangeId, ImageId, VersionId } from '@goldkeep/domain'
import { join } from 'node:path'
import type { TrashName } from './trash-name.js'

/** The names of a volume's folders and files, relative to whatever holds them. */
export const volumeNames = {
  identity: 'volume.json',
  commands: '.commands.journal',
  trust: '.trust.json',
  reserve: '.reserve',
  damaged: '.damaged',
  staging: 'staging',
  images: 'images',
  versions: 'versions',
  history: 'history',
  primaryImages: 'primary/images',
  trash: 'trash',
  journal: 'journal',
  tree: 'tree',
  image: 'image.json',
  manifest: 'version.json',
  sums: 'SHA256SUMS',
} as const

/** Of directories that an interrupted command may leave; the rest of their name says whose they are. */
export const cloningPrefix = '.clone-'
export const purgingPrefix = '.purging-'

export type VolumeLayout = ReturnType<typeof volumeLayout>

/**
 * Where everything is on a volume. Pure: nothing is looked up, and since ids come from their parsers
 * only, no path leaves the root. With an empty root the paths are relative to the volume.
 */
export function volumeLayout(root: string) {
  const at = (...parts: string[]): string => join(root, ...parts)
  const image = (imageId: ImageId): string => at(volumeNames.images, imageId)
  const versions = (imageId: ImageId): string => join(image(imageId), volumeNames.versions)
  const version = (imageId: ImageId, versionId: VersionId): string => join(versions(imageId), versionId)
  const staging = (versionId: VersionId): string => at(volumeNames.staging, versionId)
  return {
    root,
    identity: at(volumeNames.identity),
    /** The volume's journal of commands and their results. */
    commands: at(volumeNames.commands),
    trust: at(volumeNames.trust),
    /** What a repair has replaced, as it was. */
    damaged: at(volumeNames.damaged),
    stagingRoot: at(volumeNames.staging),
    /** An upload in progress: its journal, and `tree`. */
    staging,
    /** What the seal renames to the version's directory. */
    stagedTree: (versionId: VersionId): string => join(staging(versionId), volumeNames.tree),
    journal: (versionId: VersionId): string => join(staging(versionId), volumeNames.journal),
    images: at(volumeNames.images),
    image,
    imageFile: (imageId: ImageId): string => join(image(imageId), volumeNames.image),
    versions,
    version,
    /** What was published of a version: beside its directory. */
    versionRecord: (imageId: ImageId, versionId: VersionId): string => `${version(imageId, versionId)}.json`,
    history: (imageId: ImageId): string => join(image(imageId), volumeNames.history),
    /** What was published of one move of the primary pointer. */
    changeRecord: (imageId: ImageId, changeId: ChangeId): string =>
      join(image(imageId), volumeNames.history, `${changeId}.json`),
    manifest: (imageId: ImageId, versionId: VersionId): string =>
      join(version(imageId, versionId), volumeNames.manifest),
    sums: (imageId: ImageId, versionId: VersionId): string =>
      join(version(imageId, versionId), volumeNames.sums),
    primaryImages: at(volumeNames.primaryImages),
    primaryLink: (imageId: ImageId): string => at(volumeNames.primaryImages, imageId),
    /** A clone in the making; the version's own directory as it will be. */
    cloning: (versionId: VersionId): string => at(volumeNames.staging, `${cloningPrefix}${versionId}`),
    trash: at(volumeNames.trash),
    trashed: (name: TrashName): string => at(volumeNames.trash, name),
    /** From where, when and why: beside the directory, since nothing in that changes. */
    sidecar: (name: TrashName): string => at(volumeNames.trash, `${name}.json`),
    /** What a purge has taken out of the trash and is removing. */
    purging: (name: TrashName): string => at(volumeNames.trash, `${purgingPrefix}${name}`),
  }
}

/** What the primary link of an image contains; a legacy server follows it from `primary/images`. */
export function primaryLinkTarget(imageId: ImageId, versionId: VersionId): string {
  return `../../${volumeLayout('').version(imageId, versionId)}`
}

/** The path that orders give to a share client, relative to the volume's export. */
export function sharePath(imageId: ImageId, versionId: VersionId): string {
  return volumeLayout('').version(imageId, versionId)
}
