import { canonicalBytes, catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import type { Times } from '../domain/times.js'
import { getDeployment, listDeployments } from '../db/deployments-queries.js'
import { getImage } from '../db/images-queries.js'
import type { DB } from '../db/tables.js'
import { finishDeployment, renewDeployment } from '../operations/change-deployment.js'
import { giveOrders } from '../operations/give-orders.js'
import { reportFault } from '../operations/report-fault.js'
import { startDeployment, type DeploymentTarget } from '../operations/start-deployment.js'
import { answerOnce } from './answer-once.js'
import type { KnownCaller } from './door.js'
import { decodeMachine, refuseProfile } from './encode-common.js'
import { encodeDeployment, encodeOrders } from './encode-deployment.js'
import { decodeOrdinal, readPage } from './page.js'

/** The Deployments service. */
export function deploymentsService(
  db: Kysely<DB>,
  times: Times,
): catalog.DeploymentsServiceImplementation<KnownCaller> {
  return {
    start: async (request, { actor }) => {
      const body = canonicalBytes(catalog.StartDeploymentRequest, request)
      const call = { method: 'Deployments.Start', requestId: request.requestId, body }
      refuseProfile('profile_id', request.profileId)
      const order = { ...request, target: decodeTarget(request.target) }
      // What is kept is which deployment it was: orders and ticket are given afresh.
      const started = await answerOnce(db, call, catalog.Orders, async (trx) => {
        const { deploymentId, supersededDeploymentId } = await startDeployment(trx, order, actor, times)
        return { deployment: { deploymentId }, supersededDeploymentId: supersededDeploymentId ?? '' }
      })
      const orders = await giveOrders(db, started.deployment?.deploymentId ?? '', times.ticketLifetimeMs)
      return encodeOrders(orders, started.supersededDeploymentId)
    },
    get: async ({ deploymentId }) => encodeDeployment(await getDeployment(db, deploymentId)),
    list: async ({ imageId, includeEnded, pageSize, pageToken }) => {
      const imageUid = imageId ? (await getImage(db, imageId)).uid : undefined
      const read = (limit: number, before: number | undefined) =>
        listDeployments(db, { imageUid, includeEnded }, { limit, before })
      const page = await readPage(pageSize, decodeOrdinal(pageToken), {
        read,
        keyOf: (deployment) => deployment.ordinal,
        encode: encodeDeployment,
        codec: catalog.Deployment,
      })
      return { deployments: page.items, nextPageToken: page.nextPageToken }
    },
    renew: async ({ deploymentId, ...progress }) =>
      encodeDeployment(
        await db.transaction().execute((trx) => renewDeployment(trx, deploymentId, progress, times)),
      ),
    finish: async ({ deploymentId, succeeded, message }, { actor }) => {
      const end = { state: succeeded ? 'SUCCEEDED' : 'FAILED', message } as const
      return encodeDeployment(
        await db.transaction().execute((trx) => finishDeployment(trx, deploymentId, end, actor)),
      )
    },
    cancel: async ({ deploymentId, reason }, { actor }) => {
      const end = { state: 'CANCELLED', message: reason } as const
      return encodeDeployment(
        await db.transaction().execute((trx) => finishDeployment(trx, deploymentId, end, actor)),
      )
    },
    reportFault: async (fault, { actor }) => ({
      versionId: await db.transaction().execute((trx) => reportFault(trx, fault, actor)),
    }),
    issueTicket: async ({ deploymentId }) =>
      encodeOrders(await giveOrders(db, deploymentId, times.ticketLifetimeMs)),
  }
}

function decodeTarget(target: catalog.StartDeploymentRequest['target']): DeploymentTarget {
  if (target?.$case === 'multicast') return { kind: 'multicast', sessionId: target.value.sessionId }
  const machine = target?.$case === 'machine' ? decodeMachine(target.value, 'machine') : undefined
  if (machine) return { kind: 'machine', machine }
  throw new DomainError('INVALID_FIELD', 'target: expected a machine or a multicast session, found none', {
    field: 'target',
  })
}
