import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { getDeployment } from '../db/deployments-queries.js'
import { wantLooks } from '../db/looks-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'
import { doubtVersion } from './doubt-version.js'

export interface ReportedFault {
  readonly deploymentId: string
  readonly path: string
  readonly message: string
}

/**
 * A machine could not read a file of its version, or read other bytes than were sealed. Storage looks at the version
 * at once, and its digests are compared; only what they find changes its state.
 * @returns the version's id
 * @throws DomainError DEPLOYMENT_NOT_FOUND
 */
export async function reportFault(
  trx: Transaction<DB>,
  { deploymentId, path, message }: ReportedFault,
  actor: Actor,
): Promise<string> {
  const { versionId, imageUid } = await getDeployment(trx, deploymentId)
  await doubtVersion(trx, versionId)
  await wantLooks(trx, [versionId])
  const details = { deploymentId, path }
  await recordAct(trx, { actor, action: 'report-fault', imageUid, versionId, reason: message, details })
  return versionId
}
