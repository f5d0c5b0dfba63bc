import type { catalog } from '@goldkeep/contracts'
import { PermanentFault } from '../claims/permanent-fault.js'
import type { StorageCaller } from '../connect-services.js'
import { commandMs } from './command-time.js'

/**
 * Ends an upload on the volume where it is staged.
 * @returns ABORTED, EXPIRED, or SEALED when the seal came first
 * @throws DomainError UPLOAD_BUSY while a stream is open, or came back to life; STALE_COMMAND
 */
export async function endUpload(
  storage: StorageCaller,
  work: catalog.EndUploadWork,
  signal: AbortSignal,
): Promise<catalog.Lifecycle> {
  const { versionId, outcome, epoch, opSeq, volume, idleSeconds } = work
  if (!volume) throw new PermanentFault(`upload ${versionId}: the catalog names no volume`)
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(commandMs)]) }
  const request = { versionId, outcome, epoch, opSeq, idleSeconds }
  const answer = await storage(volume.address, (admin) => admin.endUpload(request, options))
  return answer.outcome
}
