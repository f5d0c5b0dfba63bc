import { DomainError } from '@goldkeep/domain'
import { bearerOf } from '@goldkeep/service'
import { verifyServiceTicket } from '@goldkeep/tickets'
import type { Kysely } from 'kysely'
import type { CallContext, ServerMiddleware } from 'nice-grpc'
import type { Actor } from '../domain/actor.js'
import type { DB } from '../db/tables.js'
import { findLiveToken, noteTokenUse } from '../db/tokens-queries.js'
import { hashSecret } from '../operations/manage-tokens.js'
import { authorize, isForServices, type Caller } from './authorize.js'

/** What the door adds to a call. */
export interface KnownCaller {
  readonly actor: Actor
}

export type KnownCallContext = CallContext & KnownCaller

/** Turns the bearer of a call into an actor, and lets it do what its role may. */
export function door(db: Kysely<DB>, serviceKey: Uint8Array): ServerMiddleware<KnownCaller> {
  return async function* doorMiddleware(call, context) {
    const bearer = bearerOf(context.metadata)
    const method = call.method.path
    const caller = isForServices(method)
      ? await identifyService(serviceKey, bearer)
      : await identifyUser(db, bearer)
    authorize(caller, method)
    return yield* call.next(call.request, { ...context, actor: caller.actor })
  }
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
