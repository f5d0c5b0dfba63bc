import type { QueueName } from '@goldkeep/jobs'
import type { HeldClaim } from '../claims/held-claim.js'
import { endUploadJob } from './end-upload.js'
import { publishJob } from './publish.js'
import { validateJob } from './validate.js'
import type { StorageCaller } from '../connect-services.js'
import type { CheckLimits } from '../operations/validation.js'

/** What the jobs work with. */
export interface JobTools {
  readonly storage: StorageCaller
  /** The volume as it is mounted here. */
  readonly volume: string | undefined
  readonly checks: CheckLimits
}

/** What is done with the jobs of each queue. */
export function createJobs(
  tools: JobTools,
): Readonly<Record<QueueName, (claim: HeldClaim) => Promise<void>>> {
  return {
    validate: validateJob(tools),
    publish: publishJob(tools),
    'end-upload': endUploadJob(tools),
  }
}
