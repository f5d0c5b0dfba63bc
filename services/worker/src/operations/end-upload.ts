import type { catalog } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import { PermanentFault } from '../claims/permanent-fault.js'
import type { StorageCaller } from '../connect-services.js'
import { commandMs } from './command-time.js'

/**
 * Ends an upload on the volume where it is staged.
 * @returns `outcome`: ABORTED, EXPIRED, or SEALED when the seal came first; `conflictingEpoch`: storage knows
 *   another command of this place, given out by a later state of the catalog's database
 * @throws DomainError UPLOAD_BUSY while a stream is open, or came back to life; STALE_COMMAND
 */
export async function endUpload(
  storage: StorageCaller,
  work: catalog.EndUploadWork,
  signal: AbortSignal,
): Promise<{ readonly outcome: catalog.Lifecycle } | { readonly conflictingEpoch: bigint }> {
  const { versionId, outcome, epoch, opSeq, volume, idleSeconds } = work
  if (!volume) throw new PermanentFault(`upload ${versionId}: the catalog names no volume`)
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(commandMs)]) }
  const request = { versionId, outcome, epoch, opSeq, idleSeconds }
  try {
    return await storage(volume, (admin) => admin.endUpload(request, options))
  } catch (error) {
    if (!isDomainError(error, 'ORDER_CONFLICT')) throw error
    return { conflictingEpoch: BigInt(error.metadata.epoch ?? epoch) }
  }
}
