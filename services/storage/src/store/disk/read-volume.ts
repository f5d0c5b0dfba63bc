import type { ImageId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { VolumeIdentity } from '@goldkeep/volume'
import type { VersionStore } from '../version-store.js'
import { tidyClones } from './clone-version.js'
import { CommandJournal } from './command-journal.js'
import type { VolumeRoot } from './directories.js'
import { DiskStore } from './disk-store.js'
import type { JournalWitness } from './journal-witness.js'
import { readImageDocument, type HeldDocument } from './image-documents.js'
import { linkPrimary } from './publish-image.js'
import { PurgeLane } from './purge-lane.js'
import { resumePurges } from './purge-version.js'
import { recoverUploads } from './recover-uploads.js'
import { indexTrash } from './trash-index.js'
import { indexVersions, listImages } from './version-index.js'
import type { VolumeContents } from './volume-contents.js'

/**
 * Reads what is on the volume and goes on with what an earlier run had begun: seals, ended uploads, purges
 * past their rename, publications. Commands that had not got that far are left as they are for their repeat.
 */
export async function readVolume(
  root: VolumeRoot,
  log: Logger,
  identity: VolumeIdentity,
  witness: JournalWitness,
): Promise<VersionStore> {
  const commands = await CommandJournal.open(root, identity.volume, witness, log)
  const { documents, unread } = await readDocuments(root, log)
  const maps = { relocating: new Map(), unsynced: new Map() } satisfies Partial<VolumeContents>
  if (!commands.damage) await tidyClones({ root, commands, log, ...maps })
  const found = await indexVersions({ root, commands, documents }, log)
  for (const imageId of unread) found.unreadable.add({ what: 'image.json', imageId })
  const recovered = await recoverUploads({ root, log, commands, documents, ...found })
  for (const { document } of documents.values())
    await linkPrimary(root, document).catch((error: unknown) => {
      log.error({ err: error, imageId: document.image }, 'the primary link of an image cannot be set')
    })
  const trash = await indexTrash(root, log)
  const volume: VolumeContents = {
    ...{ identity, root, log, commands, documents, trash },
    ...found,
    ...maps,
    ...recovered,
    purges: new PurgeLane(),
  }
  // Removing huge files takes long, and nobody need wait for it.
  if (!commands.damage) volume.purges.attend(resumePurges(volume))
  return new DiskStore(identity, volume)
}

/** @returns with the images of which it cannot be used */
async function readDocuments(root: VolumeRoot, log: Logger) {
  const documents = new Map<string, HeldDocument>()
  const unread: ImageId[] = []
  for (const imageId of await listImages(root)) {
    try {
      const held = await readImageDocument(root, imageId)
      if (held) documents.set(imageId, held)
    } catch (error) {
      log.error({ err: error, imageId }, 'the image.json of an image cannot be used; it is kept')
      unread.push(imageId)
    }
  }
  return { documents, unread }
}
