import { DomainError } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import type { Times } from '../domain/times.js'
import { inMilliseconds } from '../db/clock.js'
import {
  endDeployment,
  getDeployment,
  lockDeployment,
  type DeploymentView,
} from '../db/deployments-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, DeploymentRow, DeploymentState } from '../db/tables.js'

export interface DeploymentProgress {
  readonly phase: string
  readonly percent: number
  readonly message: string
}

/** @throws DomainError DEPLOYMENT_ENDED */
export function assertOpen(deployment: Pick<DeploymentRow, 'deploymentId' | 'state'>): void {
  if (deployment.state === 'OPEN') return
  throw new DomainError(
    'DEPLOYMENT_ENDED',
    `deployment ${deployment.deploymentId} has ended (${deployment.state}); start another`,
    { deployment_id: deployment.deploymentId, state: deployment.state },
  )
}

/** Keeps the lease alive and notes how far the machine is. @throws DomainError DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED */
export async function renewDeployment(
  trx: Transaction<DB>,
  deploymentId: string,
  progress: DeploymentProgress,
  times: Times,
): Promise<DeploymentView> {
  assertOpen(await lockDeployment(trx, deploymentId))
  const percent = Math.max(0, Math.min(100, progress.percent))
  await trx
    .updateTable('deployments')
    .set({ ...progress, percent, leaseUntil: inMilliseconds(times.deploymentLeaseMs) })
    .where('deploymentId', '=', deploymentId)
    .execute()
  return getDeployment(trx, deploymentId)
}

/**
 * Ends a deployment and gives its pin up. Repeating it with the same result is harmless.
 * @throws DomainError DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED when it ended otherwise
 */
export async function finishDeployment(
  trx: Transaction<DB>,
  deploymentId: string,
  end: { readonly state: Exclude<DeploymentState, 'OPEN'>; readonly message: string },
  actor: Actor,
): Promise<DeploymentView> {
  const deployment = await lockDeployment(trx, deploymentId)
  if (deployment.state !== end.state) {
    assertOpen(deployment)
    await endDeployment(trx, deploymentId, end.state, end.message)
    const { imageUid, versionId } = deployment
    const details = { deploymentId, state: end.state }
    await recordAct(trx, {
      actor,
      action: 'end-deployment',
      imageUid,
      versionId,
      reason: end.message,
      details,
    })
  }
  return getDeployment(trx, deploymentId)
}
