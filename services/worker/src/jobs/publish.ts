import type { HeldClaim } from '../claims/held-claim.js'
import type { StorageCaller } from '../connect-services.js'
import { publishImage } from '../operations/publish-image.js'
import { otherWork } from './other-work.js'

/** `publish`: lets a volume that has versions of an image carry its documents and its primary link. */
export function publishJob({ storage }: { readonly storage: StorageCaller }) {
  return async (claim: HeldClaim): Promise<void> => {
    if (claim.work.$case !== 'publish') throw otherWork('publish', claim)
    const found = await publishImage(storage, claim.work.value, claim.signal)
    await claim.report((reference, options) =>
      claim.coordination.confirmCommand({ ...reference, ...(found && { found }) }, options),
    )
  }
}
