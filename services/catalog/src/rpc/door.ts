import { DomainError } from '@goldkeep/domain'
import {
  bearerOf,
  Places,
  type Admitted,
  type Caller as AdmittedCaller,
  type IdentifyCaller,
} from '@goldkeep/service'
import { verifyServiceTicket } from '@goldkeep/tickets'
import type { Kysely } from 'kysely'
import type { CallContext, ServerMiddleware } from 'nice-grpc'
import type { Actor } from '../domain/actor.js'
import type { DB } from '../db/tables.js'
import { findLiveToken, noteTokenUse } from '../db/tokens-queries.js'
import { hashSecret } from '../operations/manage-tokens.js'
import { authorize, isForServices, type Caller } from './authorize.js'
import { toDatabaseFault } from './database-faults.js'

/** What the door adds to a call. */
export interface KnownCaller {
  readonly actor: Actor
}

export type KnownCallContext = CallContext & KnownCaller

/** Absent: health and reflection, which anybody may ask. */
type Identity = Caller | undefined

/** Each may hold a request of 4 MiB; many machines may come at once with one token, and wait. */
const ofToken = { atOnce: 64, waiting: 2_048 }
const ofService = { atOnce: 256, waiting: 4_096 }
const ofStrangers = { atOnce: 16, waiting: 64 }
/** Tokens that callers at one address present and that are looked up. */
const lookups = { atOnce: 256, waiting: 4_096 }

/** Finds out who calls by the bearer of a call. A service's ticket needs no database. */
export function identifyCaller(db: Kysely<DB>, serviceKey: Uint8Array): IdentifyCaller<Identity> {
  const places = new Places()
  return async ({ method, metadata, address }, signal): Promise<AdmittedCaller<Identity>> => {
    if (!method.startsWith('/goldkeep.'))
      return { key: `anybody at ${address}`, ...ofStrangers, identity: undefined }
    const bearer = bearerOf(metadata)
    if (isForServices(method)) {
      const identity = await identifyService(serviceKey, bearer)
      return { key: `service ${identity.actor.name}`, ...ofService, identity }
    }
    const leave = await places.take(`unknown callers at ${address}`, lookups, signal)
    try {
      const identity = await identifyUser(db, bearer)
      return { key: `token ${identity.actor.name}`, ...ofToken, identity }
    } catch (error) {
      throw toDatabaseFault(error)
    } finally {
      leave()
    }
  }
}

/** Lets a caller do what its role may. */
export const door: ServerMiddleware<KnownCaller, Admitted<Identity>> = async function* doorMiddleware(
  call,
  context,
) {
  const { identity } = context
  if (!identity) throw new DomainError('UNAUTHENTICATED', `${call.method.path} is not for anybody`)
  authorize(identity, call.method.path)
  return yield* call.next(call.request, { ...context, actor: identity.actor })
}

async function identifyService(serviceKey: Uint8Array, ticket: string): Promise<Caller> {
  const name = await verifyServiceTicket(serviceKey, ticket, 'catalog')
  return { actor: { kind: 'service', name }, role: 'service' }
}

async function identifyUser(db: Kysely<DB>, secret: string): Promise<Caller> {
  const token = await findLiveToken(db, hashSecret(secret))
  if (!token)
    throw new DomainError('UNAUTHENTICATED', 'the token is not known here, has expired, or was revoked')
  if (isStale(token.lastUsedAt)) await noteTokenUse(db, token.tokenId)
  return { actor: { kind: 'user', name: token.name, tokenId: token.tokenId }, role: token.role }
}

/** Spares most calls the write; the database decides by its own clock. */
const isStale = (lastUsed: Date | null): boolean =>
  lastUsed === null || Math.abs(Date.now() - lastUsed.getTime()) > 60_000
