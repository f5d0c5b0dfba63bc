import type { HeldClaim } from '../claims/held-claim.js'
import type { StorageCaller } from '../connect-services.js'
import { endUpload } from '../operations/end-upload.js'
import { otherWork } from './other-work.js'

/** `end-upload`: has storage end an upload, and tells the catalog what became of it. */
export function endUploadJob({ storage }: { readonly storage: StorageCaller }) {
  return async (claim: HeldClaim): Promise<void> => {
    if (claim.work.$case !== 'endUpload') throw otherWork('endUpload', claim)
    const answer = await endUpload(storage, claim.work.value, claim.signal)
    await claim.report((reference, options) =>
      claim.coordination.confirmCommand({ ...reference, ...answer }, options),
    )
  }
}
