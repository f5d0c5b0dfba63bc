import type { catalog } from '@goldkeep/contracts'
import type { StorageCaller } from '../connect-services.js'
import { commandMs } from './command-time.js'

/**
 * Publishes an image on each of its volumes, one after the other.
 * @returns the generation that is on all of them now
 * @throws DomainError STALE_COMMAND when a later publication came first: the next run reads the new state
 */
export async function publishImage(
  storage: StorageCaller,
  work: catalog.PublishWork,
  signal: AbortSignal,
): Promise<bigint> {
  const { imageId, imageUid, epoch, generation, document, primaryVersionId } = work
  const request = { imageId, imageUid, epoch, generation, document, primaryVersionId }
  let published = generation
  for (const { address } of work.volumes) {
    const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(commandMs)]) }
    const answer = await storage(address, (admin) => admin.publish(request, options))
    if (answer.generation < published) published = answer.generation
  }
  return published
}
