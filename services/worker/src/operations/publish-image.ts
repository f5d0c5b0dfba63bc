import { sha256ToProto, type catalog } from '@goldkeep/contracts'
import { isDomainError, type DomainError } from '@goldkeep/domain'
import { PermanentFault } from '../claims/permanent-fault.js'
import type { StorageCaller } from '../connect-services.js'
import { commandMs } from './command-time.js'

/**
 * Publishes a part of an image's publication on its volume.
 * @returns what is on the volume when that is not what the catalog believes; `undefined` when it is done
 */
export async function publishImage(
  storage: StorageCaller,
  work: catalog.PublishWork,
  signal: AbortSignal,
): Promise<catalog.HeldImage | undefined> {
  const { volume, ...request } = work
  if (!volume) throw new PermanentFault(`image ${work.imageId}: the catalog names no volume`)
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(commandMs)]) }
  try {
    await storage(volume, (admin) => admin.publish(request, options))
    return undefined
  } catch (error) {
    if (isDomainError(error, 'PUBLICATION_CONFLICT')) return foundOf(error, work)
    // One without a digest is about another image of this id.
    const isAhead = isDomainError(error, 'STALE_COMMAND') && error.metadata.document_sha256 !== undefined
    if (isAhead) return foundOf(error, work)
    throw error
  }
}

/** Storage says in the metadata what it has; nothing when it has none. */
function foundOf({ metadata }: DomainError, { imageId, imageUid }: catalog.PublishWork): catalog.HeldImage {
  const { document_sha256: sha256, epoch = '0', generation = '0', next_number: nextNumber = '0' } = metadata
  return {
    imageId,
    imageUid,
    epoch: BigInt(epoch),
    generation: BigInt(generation),
    documentDigest: sha256 === undefined ? undefined : sha256ToProto(sha256),
    nextNumber: Number(nextNumber),
    deleted: false,
  }
}
