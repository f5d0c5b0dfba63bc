import { isDomainError, parseFilePath } from '@goldkeep/domain'
import { newVersion } from '../../services/storage/test/support/test-house.js'
import { uploadCarefully } from '../faults/support/careful-upload.js'
import { contentOf } from '../faults/support/storage-session.js'
import type { Soak } from './shared.js'

const largestBytes = 1_500_000

/** Uploads one version after the other until it is over; the last one to its end. */
export async function keepUploading(
  { real, ledger, random, counts, address, over }: Soak,
  worker: number,
): Promise<void> {
  for (let count = 0; !over.aborted; count += 1) {
    const seed = `${worker}/${count}`
    const files = new Map(
      [1, 2]
        .slice(random() < 0.5 ? 1 : 0)
        .map((part) => [
          parseFilePath(`hd0/part${part}.winpe.wim`),
          contentOf(Math.ceil(random() * largestBytes), `${seed}/${part}`),
        ]),
    )
    const versionId = newVersion()
    for (let sealed = false; !sealed;)
      sealed = await uploadCarefully(real, ledger, { versionId, files, address }).then(
        () => true,
        (error: unknown) => {
          // Storage was away for longer than the client has patience; it goes on as people do.
          if (isDomainError(error, 'UNAVAILABLE')) return false
          throw error
        },
      )
    counts.uploads += 1
  }
}
