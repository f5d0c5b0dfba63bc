import { sha256FromProto, type catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { HeldCommand } from '../operations/compare-publications.js'
import type { HeldImage } from '../operations/confirm-publication.js'
import type { HeldUnreadable, HeldVersion } from '../operations/record-inventory.js'

export interface Inventory {
  readonly volumeId: string
  readonly lookTime: Date | undefined
  readonly versions: readonly HeldVersion[]
  /** Ids of staged uploads. */
  readonly staged: readonly string[]
  /** Versions of which there is a directory without a manifest of theirs. */
  readonly damaged: readonly string[]
  readonly unreadable: readonly HeldUnreadable[]
  readonly images: readonly HeldImage[]
  /** Ids of images whose image.json is there and cannot be read. */
  readonly unreadImages: readonly string[]
  readonly commands: readonly HeldCommand[]
}

/**
 * Reads an inventory to its end. A connection that is cut ends the messages as a half-close does, and what
 * was not told yet would be taken for missing: only the message that says that it is the last completes one.
 * @throws DomainError PROTOCOL_VIOLATION
 */
export async function collectInventory(
  batches: AsyncIterable<catalog.RecordInventoryRequest>,
): Promise<Inventory> {
  const versions: HeldVersion[] = []
  const staged: string[] = []
  const damaged: string[] = []
  const unreadable: HeldUnreadable[] = []
  const images: HeldImage[] = []
  const unreadImages: string[] = []
  const commands: HeldCommand[] = []
  let volumeId: string | undefined
  let lookTime: Date | undefined
  let isComplete = false
  for await (const batch of batches) {
    volumeId ??= batch.volumeId
    lookTime ??= batch.lookTime
    if (batch.volumeId !== volumeId)
      throw violation(`expected volume ${volumeId} in every message, found ${batch.volumeId}`)
    if (isComplete) throw violation('expected nothing after the last message, found another')
    versions.push(...batch.versions.map(decodeVersion))
    staged.push(...batch.uploads.map(({ versionId }) => versionId))
    damaged.push(...batch.copies.filter((copy) => !copy.manifestDigest).map((copy) => copy.versionId))
    unreadable.push(...batch.unreadable)
    images.push(...batch.images.map((image) => decodeImage('images', image)))
    unreadImages.push(...batch.unreadImageIds)
    commands.push(...batch.commands.map(decodeCommand))
    isComplete = batch.complete
  }
  if (volumeId === undefined || !isComplete)
    throw violation(`expected a last message, found the end after ${versions.length} versions; send it again`)
  return { volumeId, lookTime, versions, staged, damaged, unreadable, images, unreadImages, commands }
}

const violation = (what: string): DomainError => new DomainError('PROTOCOL_VIOLATION', `inventory: ${what}`)

const decodeVersion = ({ versionId, imageId, manifestDigest }: catalog.HeldVersion): HeldVersion => ({
  versionId,
  imageId,
  manifestDigest: sha256FromProto(manifestDigest, 'versions.manifest_digest'),
})

/**
 * An image.json without a digest is none.
 * @param field of the request that has it
 */
export const decodeImage = (field: string, image: catalog.HeldImage): HeldImage => ({
  imageId: image.imageId,
  imageUid: image.imageUid,
  epoch: Number(image.epoch),
  generation: Number(image.generation),
  sha256: image.documentDigest && sha256FromProto(image.documentDigest, `${field}.document_digest`),
  nextNumber: image.nextNumber,
  isDeleted: image.deleted,
})

const decodeCommand = ({ versionId, epoch, opSeq }: catalog.HeldCommand): HeldCommand => ({
  versionId,
  epoch: Number(epoch),
  opSeq: Number(opSeq),
})
