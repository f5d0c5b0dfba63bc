import { DomainError } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { MachineKeys } from '../domain/machine-identity.js'
import { secondsUntil } from './clock.js'
import type { DB, DeploymentRow, DeploymentState } from './tables.js'

/** A deployment with its image's id and its version's number. */
export interface DeploymentView extends DeploymentRow {
  readonly imageId: string
  readonly versionNumber: number
  /** Seconds until the lease lapses, by the database's clock. */
  readonly expiresIn: number
}

const selectDeployments = (db: Kysely<DB>) =>
  db
    .selectFrom('deployments')
    .innerJoin('images', 'images.uid', 'deployments.imageUid')
    .innerJoin('versions', 'versions.versionId', 'deployments.versionId')
    .selectAll('deployments')
    .select(['images.imageId', 'versions.number as versionNumber'])
    .select(secondsUntil('deployments.lease_until').as('expiresIn'))

/** @throws DomainError DEPLOYMENT_NOT_FOUND */
export async function getDeployment(db: Kysely<DB>, deploymentId: string): Promise<DeploymentView> {
  const row = await selectDeployments(db)
    .where('deployments.deploymentId', '=', deploymentId)
    .executeTakeFirst()
  if (!row) throw deploymentNotFound(deploymentId)
  return row
}

export const deploymentNotFound = (deploymentId: string): DomainError =>
  new DomainError('DEPLOYMENT_NOT_FOUND', `deployment ${deploymentId}: not found`, {
    deployment_id: deploymentId,
  })

/** @throws DomainError DEPLOYMENT_NOT_FOUND */
export async function lockDeployment(trx: Transaction<DB>, deploymentId: string): Promise<DeploymentRow> {
  const row = await trx
    .selectFrom('deployments')
    .selectAll()
    .where('deploymentId', '=', deploymentId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw deploymentNotFound(deploymentId)
  return row
}

/** Newest first. */
export function listDeployments(
  db: Kysely<DB>,
  filter: { readonly imageUid: string | undefined; readonly includeEnded: boolean },
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<DeploymentView[]> {
  return selectDeployments(db)
    .$if(filter.imageUid !== undefined, (query) =>
      query.where('deployments.imageUid', '=', filter.imageUid as string),
    )
    .$if(!filter.includeEnded, (query) => query.where('deployments.state', '=', 'OPEN'))
    .$if(page.before !== undefined, (query) => query.where('deployments.ordinal', '<', page.before as number))
    .orderBy('deployments.ordinal', 'desc')
    .limit(page.limit)
    .execute()
}

/** Open deployments of machines that share at least one identifier, locked. */
export function lockOpenDeploymentsOf(trx: Transaction<DB>, keys: MachineKeys): Promise<DeploymentRow[]> {
  return trx
    .selectFrom('deployments')
    .selectAll()
    .where('state', '=', 'OPEN')
    .where((where) =>
      where.or([
        ...(keys.uuid ? [where('machineUuid', '=', keys.uuid)] : []),
        ...(keys.serial ? [where('machineSerial', '=', keys.serial)] : []),
        ...(keys.macs.length > 0 ? [sql<boolean>`machine_macs && ${sql.val([...keys.macs])}::text[]`] : []),
      ]),
    )
    .orderBy('ordinal')
    .forUpdate()
    .execute()
}

/** Ends an open deployment; its pin is gone with it. Answers whether it was open. */
export async function endDeployment(
  trx: Transaction<DB>,
  deploymentId: string,
  state: Exclude<DeploymentState, 'OPEN'>,
  message: string,
): Promise<boolean> {
  const result = await trx
    .updateTable('deployments')
    .set({ state, endedAt: sql`now()`, ...(message && { message }) })
    .where('deploymentId', '=', deploymentId)
    .where('state', '=', 'OPEN')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
