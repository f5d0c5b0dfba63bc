import { catalog } from '@goldkeep/contracts'
import type { DeploymentView } from '../db/deployments-queries.js'
import type { DeploymentState } from '../db/tables.js'
import type { DeploymentOrders } from '../operations/give-orders.js'
import { encodeActor, encodeFile, encodeMachine, encodeTicket } from './encode-common.js'

const states = {
  OPEN: catalog.DeploymentState.DEPLOYMENT_STATE_OPEN,
  SUCCEEDED: catalog.DeploymentState.DEPLOYMENT_STATE_SUCCEEDED,
  FAILED: catalog.DeploymentState.DEPLOYMENT_STATE_FAILED,
  CANCELLED: catalog.DeploymentState.DEPLOYMENT_STATE_CANCELLED,
  SUPERSEDED: catalog.DeploymentState.DEPLOYMENT_STATE_SUPERSEDED,
  EXPIRED: catalog.DeploymentState.DEPLOYMENT_STATE_EXPIRED,
} as const satisfies Record<DeploymentState, catalog.DeploymentState>

export const encodeDeployment = (deployment: DeploymentView): catalog.Deployment => ({
  deploymentId: deployment.deploymentId,
  imageId: deployment.imageId,
  versionId: deployment.versionId,
  versionNumber: deployment.versionNumber,
  target: encodeTarget(deployment),
  state: states[deployment.state],
  phase: deployment.phase,
  percent: deployment.percent,
  message: deployment.message,
  because: deployment.because,
  batchId: deployment.batchId ?? '',
  labels: { ...deployment.labels },
  bytesRead: BigInt(deployment.bytesRead),
  bytesTotal: BigInt(deployment.bytesTotal),
  startTime: deployment.startedAt,
  lastReadTime: deployment.lastReadAt ?? undefined,
  expireTime: deployment.leaseUntil,
  expiresIn: BigInt(deployment.expiresIn),
  endTime: deployment.endedAt ?? undefined,
  actor: encodeActor(deployment.startedBy),
  profileId: deployment.profileId ?? '',
})

function encodeTarget({ machine, sessionId }: DeploymentView): catalog.Deployment['target'] {
  if (machine) return { $case: 'machine', value: encodeMachine(machine) }
  return { $case: 'multicast', value: { sessionId: sessionId ?? '' } }
}

export const encodeOrders = (orders: DeploymentOrders, supersededDeploymentId = ''): catalog.Orders => ({
  deployment: encodeDeployment(orders.deployment),
  schema: orders.schema,
  files: orders.files.map(encodeFile),
  profile: orders.profile,
  volume: { volumeId: orders.volume.volumeId, address: orders.volume.address },
  sharePath: orders.sharePath,
  ticket: encodeTicket(orders.ticket),
  supersededDeploymentId,
})
