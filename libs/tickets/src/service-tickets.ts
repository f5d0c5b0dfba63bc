import { DomainError, type VolumeId } from '@goldkeep/domain'
import { jwtVerify, SignJWT } from 'jose'

export type ServiceName = 'catalog' | 'storage' | 'worker' | 'gateway'

/**
 * Whom a service calls. A storage service is named by its volume, since an address can pass to the storage service of
 * another volume, which would take the call for its own.
 */
export type CalledService = 'catalog' | `storage of ${VolumeId}`

export const storageOf = (volumeId: VolumeId): CalledService => `storage of ${volumeId}`

/**
 * Seconds by which the clocks of two services may differ. Both hold the same key, so that the time only limits how
 * long a stolen ticket is of use; a clock that was set wrong must not cut a service off.
 */
const serviceLeewaySeconds = 86_400
/** Seconds; long enough for a call, short enough to be of no use to a thief. */
const lifetime = 300

/** A ticket by which one service of the house shows another that it is one. @param key the house's shared service key, 32 bytes or more */
export function signServiceTicket(key: Uint8Array, from: ServiceName, to: CalledService): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(from)
    .setAudience(audienceOf(to))
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
  self: CalledService,
): Promise<ServiceName> {
  const options = { algorithms: ['HS256'], clockTolerance: serviceLeewaySeconds }
  const { payload } = await jwtVerify(token, key, options).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DomainError('UNAUTHENTICATED', `not a service of this house: ${why}`, {}, { cause })
  })
  const { aud } = payload
  if (aud !== audienceOf(self))
    throw new DomainError(
      'UNAUTHENTICATED',
      `expected a ticket for ${audienceOf(self)}, found one for ${String(aud)}`,
    )
  return payload.iss as ServiceName
}

const audienceOf = (called: CalledService): string => `service:${called}`
