import type { HeldClaim } from '../claims/held-claim.js'
import { PermanentFault } from '../claims/permanent-fault.js'

/** The fault of a job that came by the wrong queue. */
export const otherWork = (expected: string, { work }: HeldClaim): PermanentFault =>
  new PermanentFault(`expected the work of a ${expected} job, found that of ${work.$case}`)
