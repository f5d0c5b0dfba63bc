import {
  DomainError,
  type Capture,
  type DeploymentId,
  type ImageId,
  type Uid,
  type VersionId,
  type VolumeId,
} from '@goldkeep/domain'
import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type CryptoKey } from 'jose'
import { webcrypto } from 'node:crypto'

/** Storage knows the catalog's clock to within seconds; tickets are checked with this much leeway. */
export const leewaySeconds = 60

/** What an upload's storage must know and its client must not choose. */
export interface UploadGrant {
  readonly imageId: ImageId
  readonly imageUid: Uid
  readonly capture: Capture
  /** SHA-256 of the schema, hex. */
  readonly schemaDigest: string
  readonly beginTime: string
  readonly agent?: string
  readonly source?: {
    readonly uuid?: string
    readonly serial?: string
    readonly macs?: readonly string[]
    readonly model?: string
  }
}

export type TicketClaims = {
  readonly volumeId: VolumeId
  readonly versionId: VersionId
} & (
  | { readonly operation: 'upload'; readonly upload: UploadGrant }
  | { readonly operation: 'read'; readonly deploymentId?: DeploymentId }
)

export interface SigningKey {
  readonly keyId: string
  readonly privateKey: CryptoKey
}

/** What is needed to check tickets: Ed25519 public keys by id, and revocations by subject. */
export interface Trust {
  readonly keys: ReadonlyMap<string, CryptoKey>
  /** Subject (version id of an upload, deployment id) → tickets issued before this are refused; ms. */
  readonly revokedBefore: ReadonlyMap<string, number>
}

export async function generateKeyPair(): Promise<{ publicKey: Uint8Array; privateKey: Uint8Array }> {
  const pair = (await webcrypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
  return {
    publicKey: new Uint8Array(await webcrypto.subtle.exportKey('raw', pair.publicKey)),
    privateKey: new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)),
  }
}

/** @param raw 32 bytes */
export const importPublicKey = (raw: Uint8Array): Promise<CryptoKey> =>
  webcrypto.subtle.importKey('raw', Uint8Array.from(raw), 'Ed25519', true, ['verify'])

/** @param pkcs8 DER */
export const importPrivateKey = (pkcs8: Uint8Array): Promise<CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', Uint8Array.from(pkcs8), 'Ed25519', false, ['sign'])

export function signTicket(
  key: SigningKey,
  claims: TicketClaims,
  issuedAt: Date,
  expires: Date,
): Promise<string> {
  const { volumeId, versionId, ...rest } = claims
  return new SignJWT({ ...rest })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.keyId, typ: 'JWT' })
    .setAudience(volumeId)
    .setSubject(versionId)
    .setIssuedAt(Math.floor(issuedAt.getTime() / 1000))
    .setExpirationTime(Math.floor(expires.getTime() / 1000))
    .sign(key.privateKey)
}

/**
 * Checks signature, audience, time and revocation; the caller compares operation and version.
 * @param isCatalogsClock whether `now` is by the clock that issues tickets. By any other, a ticket from the future may
 * be right.
 * @throws DomainError TICKET_INVALID, TICKET_EXPIRED
 */
export async function verifyTicket(
  trust: Trust,
  token: string,
  volumeId: VolumeId,
  now: Date,
  isCatalogsClock = true,
): Promise<TicketClaims> {
  const { payload } = await jwtVerify(token, () => trustedKey(trust, token), {
    algorithms: ['EdDSA'],
    audience: volumeId,
    clockTolerance: leewaySeconds,
    currentDate: now,
    requiredClaims: ['sub', 'iat', 'exp', 'operation'],
  }).catch((cause: unknown) => {
    throw refusal(cause, now)
  })
  const { sub, iat, aud, exp, ...rest } = payload
  const claims = { ...rest, volumeId: aud, versionId: sub } as unknown as TicketClaims
  const issued = (iat ?? 0) * 1000
  if (isCatalogsClock && issued > now.getTime() + leewaySeconds * 1000) throw ticketFromLater(issued, now)
  const subjects = claims.operation === 'read' ? [claims.deploymentId] : [sub]
  for (const subject of subjects) {
    const limit = subject === undefined ? undefined : trust.revokedBefore.get(subject)
    if (limit !== undefined && issued < limit)
      throw new DomainError('TICKET_INVALID', `the ticket for ${subject} was revoked; ask for a new one`)
  }
  return claims
}

function trustedKey(trust: Trust, token: string): CryptoKey {
  const { kid } = decodeProtectedHeader(token)
  const key = kid === undefined ? undefined : trust.keys.get(kid)
  if (!key)
    throw new DomainError('TICKET_INVALID', `the ticket is signed with a key that is not known here: ${kid}`)
  return key
}

function refusal(cause: unknown, now: Date): DomainError {
  if (cause instanceof DomainError) return cause
  if (cause instanceof errors.JWTExpired) return ticketExpired(cause, now)
  return new DomainError(
    'TICKET_INVALID',
    `the ticket is not valid here: ${whyInvalid(cause)}`,
    {},
    { cause },
  )
}

/** In the words of this project, not in those of the library. */
function whyInvalid(cause: unknown): string {
  if (cause instanceof errors.JWTClaimValidationFailed)
    return cause.claim === 'aud'
      ? 'it is for another volume'
      : `expected a ticket of the catalog, found one whose ${cause.claim} is missing or wrong`
  if (cause instanceof errors.JWSSignatureVerificationFailed)
    return 'its signature is not that of its text: it was changed, or signed by another installation'
  return 'expected the token of a ticket that the catalog gave, found other text'
}

/** Says by which clock, since a refusal is often the first sign of one that was set wrong. */
function ticketExpired(cause: errors.JWTExpired, now: Date): DomainError {
  const expired = new Date(Number(cause.payload.exp) * 1000).toISOString()
  return new DomainError(
    'TICKET_EXPIRED',
    `the ticket expired at ${expired}, and ${describeClocks(now)}; ask for a new one`,
    {},
    { cause },
  )
}

/** It would be valid for longer than a ticket may be, once its time has come. */
function ticketFromLater(issued: number, now: Date): DomainError {
  return new DomainError(
    'TICKET_EXPIRED',
    `the ticket was issued at ${new Date(issued).toISOString()}, and ${describeClocks(now)}: ` +
      'the clock of the database was set back since; ask for a new one',
  )
}

function describeClocks(now: Date): string {
  const ahead = Math.round((Date.now() - now.getTime()) / 1000)
  const own = ahead === 0 ? '' : ` (this machine's is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead' : 'behind'})`
  return `the catalog's clock says ${now.toISOString()}${own}`
}
