import { parseManifest, type ManifestFile } from '@goldkeep/volume'
import type { Kysely } from 'kysely'
import { getDeployment, type DeploymentView } from '../db/deployments-queries.js'
import type { DB } from '../db/tables.js'
import { getVersionBytes } from '../db/versions-queries.js'
import { getVolume, volumeRetired } from '../db/volumes-queries.js'
import { assertOpen } from './change-deployment.js'
import { issueReadTicket, type IssuedTicket } from './issue-ticket.js'

export interface DeploymentOrders {
  readonly deployment: DeploymentView
  readonly schema: Uint8Array
  readonly files: readonly ManifestFile[]
  readonly profile: string
  readonly sharePath: string
  readonly volume: { readonly volumeId: string; readonly address: string }
  readonly ticket: IssuedTicket
}

/**
 * All that the machine of an open deployment needs: what was pinned at its start, where the volume is now,
 * and a fresh ticket.
 * @throws DomainError DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED, VOLUME_RETIRED
 */
export async function giveOrders(
  db: Kysely<DB>,
  deploymentId: string,
  ticketLifetimeMs: number,
): Promise<DeploymentOrders> {
  const deployment = await getDeployment(db, deploymentId)
  assertOpen(deployment)
  const { profile, sharePath, volumeId } = deployment.orders
  const { schema, manifest } = await getVersionBytes(db, deployment.versionId)
  const volume = await getVolume(db, volumeId)
  if (volume.retiredAt) throw volumeRetired(volume)
  const pin = { volumeId, versionId: deployment.versionId, deploymentId }
  return {
    deployment,
    schema,
    files: manifest ? parseManifest(manifest).files : [],
    profile,
    sharePath,
    volume,
    ticket: await issueReadTicket(db, pin, ticketLifetimeMs),
  }
}
