import { sha256ToProto, type catalog } from '@goldkeep/contracts'
import type { PublishedImage } from '../store/publication.js'
import type { VersionStore } from '../store/version-store.js'

/** Entries in one message: some 150 KB, far below what the transport takes. */
const batchSize = 1_000

type Batch = Partial<catalog.RecordInventoryRequest> & { readonly volumeId: string }

/**
 * What the volume holds as of now, in the messages in which the catalog is told.
 * @param lookTime the house's clock before this was called
 */
export function* listInventory(
  store: VersionStore,
  lookTime: Date | undefined,
  size: number = batchSize,
): Generator<Batch> {
  const volumeId = store.identity.volume
  const versions = store.versions().map(({ versionId, imageId, imageUid, manifestDigest }) => ({
    versionId,
    imageId,
    imageUid,
    manifestDigest: sha256ToProto(manifestDigest),
  }))
  const uploads = store.views().map(({ upload }) => ({ versionId: upload.versionId }))
  const images = store.publications().map(encodePublished)
  const commands = store.lastCommands().map(({ versionId, epoch, opSeq }) => ({
    versionId,
    epoch: BigInt(epoch),
    opSeq: BigInt(opSeq),
  }))
  const trash = store.trashed().map(({ versionId, name, imageId, imageUid, manifestDigest, isPurging }) => ({
    versionId,
    imageId: imageId ?? '',
    imageUid: imageUid ?? '',
    manifestDigest: digestOf(manifestDigest),
    trashName: name,
    purging: isPurging,
  }))
  const copies = store.copies().map(({ versionId, imageId, manifestDigest }) => ({
    versionId,
    imageId,
    manifestDigest: digestOf(manifestDigest),
  }))
  yield { volumeId, lookTime }
  for (const batch of inBatches(versions, size)) yield { volumeId, versions: batch }
  for (const batch of inBatches(uploads, size)) yield { volumeId, uploads: batch }
  for (const batch of inBatches(images, size)) yield { volumeId, images: batch }
  for (const batch of inBatches(trash, size)) yield { volumeId, trash: batch }
  for (const batch of inBatches(copies, size)) yield { volumeId, copies: batch }
  for (const batch of inBatches(unreadableOf(store), size)) yield { volumeId, unreadable: batch }
  for (const batch of inBatches(unreadImagesOf(store), size)) yield { volumeId, unreadImageIds: batch }
  for (const batch of inBatches(commands, size)) yield { volumeId, commands: batch }
  yield { volumeId, complete: true }
}

export const encodePublished = (published: PublishedImage): catalog.HeldImage => {
  const { sha256, epoch, generation, isDeleted, ...image } = published
  return {
    ...image,
    deleted: isDeleted,
    epoch: BigInt(epoch),
    generation: BigInt(generation),
    documentDigest: sha256ToProto(sha256),
  }
}

const unreadImagesOf = (store: VersionStore): string[] =>
  store.unreadable().flatMap(({ what, imageId }) => (what === 'image.json' ? [imageId] : []))

const unreadableOf = (store: VersionStore): catalog.HeldUnreadable[] =>
  store
    .unreadable()
    .filter(({ what }) => what !== 'image.json')
    .map((one) => ({ imageId: one.imageId, versionId: one.what === 'version' ? one.versionId : '' }))

const digestOf = (sha256: string | undefined): catalog.Digest | undefined =>
  sha256 === undefined ? undefined : sha256ToProto(sha256)

function* inBatches<Entry>(entries: readonly Entry[], size: number): Generator<Entry[]> {
  for (let start = 0; start < entries.length; start += size) yield entries.slice(start, start + size)
}
