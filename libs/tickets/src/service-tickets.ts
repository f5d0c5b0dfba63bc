import { DomainError } from '@goldkeep/domain'
import { jwtVerify, SignJWT } from 'jose'
import { leewaySeconds } from './tickets.js'

export type ServiceName = 'catalog' | 'storage' | 'worker' | 'gateway'

/** Seconds; long enough for a call, short enough to be of no use to a thief. */
const lifetime = 300

/** A ticket by which one service of the house shows another that it is one. @param key the house's shared service key, 32 bytes or more */
export function signServiceTicket(key: Uint8Array, from: ServiceName, to: ServiceName): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(from)
    .setAudience(`service:${to}`)
    .setIssuedAt()
    .setExpirationTime(`${lifetime}s`)
    .sign(key)
}

/**
 * The service that presents the ticket.
 * @throws DomainError UNAUTHENTICATED
 */
export async function verifyServiceTicket(
  key: Uint8Array,
  token: string,
  self: ServiceName,
): Promise<ServiceName> {
  const options = { algorithms: ['HS256'], audience: `service:${self}`, clockTolerance: leewaySeconds }
  const { payload } = await jwtVerify(token, key, options).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DomainError('UNAUTHENTICATED', `not a service of this house: ${why}`, {}, { cause })
  })
  return payload.iss as ServiceName
}
