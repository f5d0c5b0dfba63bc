import { DomainError, listed } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { compareMachines, machineKeys, type MachineIdentity } from '../domain/machine-identity.js'
import { endDeployment, lockOpenDeploymentsOf } from '../db/deployments-queries.js'
import type { DB } from '../db/tables.js'

/**
 * Ends the open deployment of the machine, if it has one: it has been started anew. Answers its id.
 * @throws DomainError AMBIGUOUS_MACHINE when an open one shares an identifier and differs in another
 */
export async function supersedeDeployment(
  trx: Transaction<DB>,
  machine: MachineIdentity,
): Promise<string | undefined> {
  const keys = machineKeys(machine)
  await lockMachine(trx, [keys.uuid, keys.serial, ...keys.macs])
  const open = await lockOpenDeploymentsOf(trx, keys)
  const compared = open.map((deployment) => ({
    deployment,
    comparison: compareMachines(keys, machineKeys(deployment.machine)),
  }))
  const doubtful = compared.filter(({ comparison }) => comparison === 'doubtful')
  if (doubtful.length > 0) {
    const ids = listed(doubtful.map(({ deployment }) => deployment.deploymentId))
    throw new DomainError(
      'AMBIGUOUS_MACHINE',
      `the machine shares an identifier with that of deployment ${ids} and differs in another; ` +
        'finish or cancel that one if it is the same machine, or leave out the identifier that they share',
      { deployment_id: ids },
    )
  }
  const same = compared.filter(({ comparison }) => comparison === 'same')
  for (const { deployment } of same)
    await endDeployment(trx, deployment.deploymentId, 'SUPERSEDED', 'the machine started again')
  return same.at(-1)?.deployment.deploymentId
}

/** Two starts of one machine at the same moment come one after the other. */
async function lockMachine(
  trx: Transaction<DB>,
  identifiers: readonly (string | undefined)[],
): Promise<void> {
  for (const identifier of identifiers.filter((one) => one !== undefined).sort())
    await sql`select pg_advisory_xact_lock(hashtextextended(${identifier}, 7460))`.execute(trx)
}
