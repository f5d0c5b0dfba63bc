import { DomainError, type FilePath, type VersionId } from '@goldkeep/domain'
import {
  formatManifest,
  formatSums,
  parseManifest,
  volumeLayout,
  volumeNames,
  type Manifest,
} from '@goldkeep/volume'
import { basename, dirname, join } from 'node:path'
import type { CloneCommand } from '../version-commands.js'
import type { StoredVersion } from '../version-store.js'
import { carryOut } from './carry-out.js'
import type { CommandPlans } from './command-records.js'
import { lookAt, makeDirectory, withDirectory } from './directories.js'
import { requireLive } from './find-held.js'
import { requireSameImage } from './image-documents.js'
import { openSealedFile } from './open-stored-file.js'
import { linkRestored } from './publish-image.js'
import { openHeldFile, readHeldManifest } from './read-held.js'
import { relocate, requireFree, syncRelocated } from './relocate.js'
import { removeKnownFiles } from './remove-known-files.js'
import { trashedOf } from './trash-index.js'
import { describeVersion } from './version-index.js'
import type { VolumeContents } from './volume-contents.js'
import { replaceFile, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** Makes another version of the same bytes. See VersionStore.clone. */
export function cloneVersion(volume: VolumeContents, command: CloneCommand): Promise<StoredVersion> {
  return carryOut(volume, 'clone', command, {
    plan: () => planClone(volume, command),
    run: (plan) => runClone(volume, command, plan),
  })
}

async function planClone(
  volume: VolumeContents,
  { versionId, source, imageId, imageUid }: CloneCommand,
): Promise<CommandPlans['clone']> {
  await refuseOther(volume, versionId, source)
  requireLive(volume, source)
  const { files } = parseManifest(await readHeldManifest(volume, source))
  for (const { path } of files) await (await openHeldFile(volume, source, path)).close()
  await requireSameImage(volume.root, { imageId, imageUid })
  if (!volume.index.has(versionId)) await requireFree(volume.root, layout.version(imageId, versionId))
  return { source, imageId, imageUid, files: files.map(({ path }) => path) }
}

/** @throws DomainError PLACE_TAKEN when the new id is another version's */
async function refuseOther(volume: VolumeContents, versionId: VersionId, source: VersionId): Promise<void> {
  const { index, trash, uploads, commands } = volume
  const last = commands.find(versionId)
  const isFree = !uploads.has(versionId) && trashedOf(trash, versionId).length === 0
  if (isFree && !index.has(versionId) && (!last || last.verb === 'clone')) return
  if (index.has(versionId)) {
    const { cloned_from: origin } = parseManifest(await readHeldManifest(volume, versionId))
    if (origin?.version === source) return
  }
  throw new DomainError(
    'PLACE_TAKEN',
    `version ${versionId} was here already; a clone needs an id of its own`,
    {
      version_id: versionId,
    },
  )
}

async function runClone(
  volume: VolumeContents,
  command: CloneCommand,
  plan: CommandPlans['clone'],
): Promise<StoredVersion> {
  const { root, index } = volume
  const { versionId } = command
  const { imageId } = plan
  const target = layout.version(imageId, versionId)
  if (await lookAt(root, target))
    await syncRelocated(volume, versionId, layout.stagingRoot, layout.versions(imageId))
  else {
    const clone = layout.cloning(versionId)
    const removeClone = (): Promise<boolean> => removeKnownFiles(root, clone, plan.files)
    await removeClone()
    try {
      await buildClone(volume, command, plan, clone)
      await makeDirectory(root, layout.versions(imageId))
      await relocate(volume, versionId, clone, target, () => {})
    } catch (error) {
      // What cannot be removed now is removed by the next start.
      await removeClone().catch(() => false)
      throw error
    }
  }
  const cloned = await describeVersion(volume, imageId, versionId)
  index.set(versionId, cloned)
  await linkRestored(volume, cloned)
  return cloned
}

/** The whole version, durable but for its name. */
async function buildClone(
  volume: VolumeContents,
  command: CloneCommand,
  { source, imageId, imageUid }: CommandPlans['clone'],
  clone: string,
): Promise<void> {
  const { root, identity } = volume
  const { imageId: sourceImage, imageUid: sourceUid } = requireLive(volume, source)
  const original = parseManifest(await readHeldManifest(volume, source))
  const { versionId: version, time, actor: by } = command
  const manifest: Manifest = {
    ...original,
    house: identity.house,
    volume: identity.volume,
    image: imageId,
    uid: imageUid,
    version,
    sealed: new Date().toISOString(),
    cloned_from: {
      version: source,
      image: sourceImage,
      uid: sourceUid,
      time,
      ...(by !== undefined && { by }),
    },
  }
  const parents = [...new Set(manifest.files.map(({ path }) => dirname(path))), '.']
  for (const parent of parents) await makeDirectory(root, join(clone, parent))
  for (const file of manifest.files) {
    await linkFile(volume, layout.version(sourceImage, source), clone, file.path)
    // What was linked, not what was there before: a link or another file in its place is found here.
    await (await openSealedFile(root, clone, file)).close()
  }
  const bytes = formatManifest(manifest)
  await replaceFile(root, join(clone, volumeNames.manifest), bytes, 0o444)
  await replaceFile(root, join(clone, volumeNames.sums), formatSums(manifest, sha256Of(bytes)), 0o444)
  for (const parent of parents)
    await withDirectory(root, join(clone, parent), (directory) => directory.sync())
}

/** The same file under another name: sealed files are never written again. */
function linkFile({ root }: VolumeContents, from: string, to: string, path: FilePath): Promise<void> {
  const name = basename(path)
  return withDirectory(root, join(from, dirname(path)), (source) =>
    withDirectory(root, join(to, dirname(path)), (target) => root.sys.link(source.at(name), target.at(name))),
  )
}

/**
 * Of clones that an earlier run did not end: removes what it had linked so far, and makes durable what it had
 * renamed. The catalog repeats the command if it still wants the version.
 */
export async function tidyClones(
  volume: Pick<VolumeContents, 'root' | 'commands' | 'log' | 'relocating' | 'unsynced'>,
): Promise<void> {
  const { root, log } = volume
  for (const [versionId, { plan }] of volume.commands.unfinishedClones()) {
    try {
      await syncRelocated(volume, versionId, layout.stagingRoot, layout.versions(plan.imageId))
      const isGone = await removeKnownFiles(root, layout.cloning(versionId), plan.files)
      if (!isGone) log.warn({ versionId }, 'a clone that was begun holds files that nobody knows; it is kept')
    } catch (error) {
      log.error({ err: error, versionId }, 'what is left of a clone could not be removed')
    }
  }
}
