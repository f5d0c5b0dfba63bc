import type { catalog } from '@goldkeep/contracts'
import { formatSize, formatTime } from '../output/format.js'
import { formatFields, formatTable } from '../output/table.js'
import * as words from './words.js'

export function deploymentView(deployment: catalog.Deployment) {
  const { deploymentId, imageId, versionId, versionNumber, phase, percent, message, because } = deployment
  return {
    deploymentId,
    imageId,
    versionId,
    versionNumber,
    reference: `${imageId}@${versionNumber}`,
    machine: deployment.target?.$case === 'machine' ? deployment.target.value : undefined,
    multicastSession:
      deployment.target?.$case === 'multicast' ? deployment.target.value.sessionId : undefined,
    state: words.deploymentStateWord(deployment.state),
    phase,
    percent,
    message,
    because,
    labels: deployment.labels,
    bytesRead: String(deployment.bytesRead),
    bytesTotal: String(deployment.bytesTotal),
    startTime: words.isoTime(deployment.startTime),
    lastReadTime: words.isoTime(deployment.lastReadTime),
    expireTime: words.isoTime(deployment.expireTime),
    endTime: words.isoTime(deployment.endTime),
    actor: deployment.actor?.name,
  }
}

export type DeploymentView = ReturnType<typeof deploymentView>

export function ordersView(orders: catalog.Orders) {
  return {
    ...(orders.deployment && deploymentView(orders.deployment)),
    files: orders.files.map((file) => ({
      path: file.path,
      sizeBytes: String(file.size),
      sha256: words.hexDigest(file.digests[0]),
    })),
    schema: Buffer.from(orders.schema).toString('utf8'),
    volumeAddress: orders.volume?.address,
    sharePath: orders.sharePath,
    supersededDeploymentId: orders.supersededDeploymentId || undefined,
  }
}

export function deploymentTable(deployments: readonly DeploymentView[], width?: number): string {
  return formatTable(
    {
      head: ['deployment', 'version', 'machine', 'state', 'read', 'started', 'last read'],
      nothing: 'no open deployments',
      spare: ['started', 'last read', 'read'],
    },
    deployments.map((deployment) => [
      deployment.deploymentId,
      deployment.reference,
      targetOf(deployment),
      deployment.state,
      `${formatSize(deployment.bytesRead)} of ${formatSize(deployment.bytesTotal)}`,
      formatTime(deployment.startTime),
      formatTime(deployment.lastReadTime),
    ]),
    width,
  )
}

export function deploymentFields(deployment: DeploymentView, width?: number): string {
  return formatFields(
    [
      ['deployment', deployment.deploymentId],
      ['state', deployment.state],
      ['version', `${deployment.reference}  ${deployment.versionId}, because of ${deployment.because}`],
      ['machine', targetOf(deployment)],
      ['phase', deployment.phase && `${deployment.phase} ${deployment.percent} %`],
      ['message', deployment.message],
      ['read', `${formatSize(deployment.bytesRead)} of ${formatSize(deployment.bytesTotal)}`],
      ['started', `${formatTime(deployment.startTime)} by ${deployment.actor ?? '?'}`],
      ['last read', formatTime(deployment.lastReadTime)],
      ['lease ends', deployment.endTime ? '' : formatTime(deployment.expireTime)],
      ['ended', formatTime(deployment.endTime)],
    ],
    width,
  )
}

function targetOf({ machine, multicastSession }: DeploymentView): string {
  if (!machine) return multicastSession ? `multicast ${multicastSession}` : '-'
  return machine.serial || machine.macs[0] || machine.uuid || '-'
}
