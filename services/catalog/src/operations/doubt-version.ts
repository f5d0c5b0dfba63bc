import type { Transaction } from 'kysely'
import { ensureJob, restartJob } from '../db/jobs-queries.js'
import { doubtLocations, isDoubted } from '../db/looks-queries.js'
import type { DB } from '../db/tables.js'

/**
 * Has a version's digests compared at once, since something says that its bytes may be others. Its verdict stays
 * until then. A validation that is running began before the doubt, and does not count.
 */
export async function doubtVersion(trx: Transaction<DB>, versionId: string): Promise<void> {
  // The job's row is locked before the locations', as everywhere.
  if (await isDoubted(trx, versionId)) await ensureJob(trx, 'validate', versionId)
  else await restartJob(trx, 'validate', versionId)
  await doubtLocations(trx, versionId)
}
