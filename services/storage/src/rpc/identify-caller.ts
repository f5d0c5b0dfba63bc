import type { VolumeId } from '@goldkeep/domain'
import { bearerOf, type Caller, type CallHead, type IdentifyCaller } from '@goldkeep/service'
import { storageOf, verifyServiceTicket, type TicketClaims } from '@goldkeep/tickets'
import type { VerifyTicket } from './authorize.js'

const ofServices = /^\/goldkeep\.storage\.v1\.(VersionAdmin|Volume)\//
const ofTickets = /^\/goldkeep\.storage\.v1\./

/** Each may hold a request of 4 MiB: what asks and commands is short, and its order is kept. */
const short = { atOnce: 16, waiting: 128 }
/** More streams than one upload may have, since those that are superseded have yet to leave. */
const writes = { atOnce: 160, waiting: 32 }
/** Each that runs holds two pieces of a file; together they are as many as a deployment may have open. */
const reads = { atOnce: 32, waiting: 96 }
const services = { atOnce: 256, waiting: 2_048 }
/** Health and reflection, which need no ticket. */
const strangers = { atOnce: 16, waiting: 64 }

/**
 * Whose call it is, by its ticket: one for each upload, deployment, or version that is read. Which operation on
 * what the ticket allows is looked at when the request is there.
 */
export function identifyCaller(
  verifyTicket: VerifyTicket,
  serviceKey: Uint8Array,
  volumeId: VolumeId,
): IdentifyCaller<undefined> {
  return async ({ method, metadata, address }: CallHead): Promise<Caller<undefined>> => {
    if (!ofTickets.test(method)) return { key: `anybody at ${address}`, ...strangers, identity: undefined }
    const bearer = bearerOf(metadata)
    if (ofServices.test(method)) {
      const name = await verifyServiceTicket(serviceKey, bearer, storageOf(volumeId))
      return { key: `service ${name}`, ...services, identity: undefined }
    }
    const subject = subjectOf(await verifyTicket(bearer))
    if (method.endsWith('/Write')) return { key: `${subject}, writing`, ...writes, identity: undefined }
    if (method.endsWith('/Read')) return { key: `${subject}, reading`, ...reads, identity: undefined }
    return { key: subject, ...short, identity: undefined }
  }
}

function subjectOf(claims: TicketClaims): string {
  if (claims.operation === 'upload') return `upload ${claims.versionId}`
  return claims.deploymentId === undefined
    ? `version ${claims.versionId}`
    : `deployment ${claims.deploymentId}`
}
