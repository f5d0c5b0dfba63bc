import type { Unreadable } from '../unreadable.js'
import { readImageDocument } from './image-documents.js'
import { linkPrimary } from './publish-image.js'
import { indexImage, indexVersion } from './version-index.js'
import type { VolumeContents } from './volume-contents.js'

/** Tries once more to read what could not be read. See VersionStore.lookAgain. */
export async function lookAgain(volume: VolumeContents, one: Unreadable): Promise<void> {
  if (!volume.unreadable.has(one) || isSealing(volume, one)) return
  if (await isRead(volume, one)) volume.unreadable.delete(one)
}

/** A seal that was never answered is verified whole by the next start, or is none. */
function isSealing({ uploads }: VolumeContents, one: Unreadable): boolean {
  return one.what === 'version' && uploads.get(one.versionId)?.state.phase === 'SEALING'
}

async function isRead(volume: VolumeContents, one: Unreadable): Promise<boolean> {
  switch (one.what) {
    case 'version':
      return indexVersion(volume, one.imageId, one.versionId)
    case 'versions':
      return indexImage(volume, one.imageId)
    case 'image.json': {
      const held = await readImageDocument(volume.root, one.imageId).catch(() => 'unreadable' as const)
      if (held === 'unreadable') return false
      if (!held) return true
      volume.documents.set(one.imageId, held)
      await linkPrimary(volume.root, held.document)
      return true
    }
  }
}
