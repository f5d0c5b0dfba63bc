import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { newDeploymentId, newVersionId, newVolumeId } from '@goldkeep/domain'
import {
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  signServiceTicket,
  storageOf,
  signTicket,
  verifyServiceTicket,
  verifyTicket,
  type SigningKey,
  type Trust,
} from './index.js'

const now = new Date('2026-11-22T12:00:00Z')
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
const volumeId = newVolumeId()
const versionId = newVersionId(now)
const deploymentId = newDeploymentId()
const claims = { operation: 'read', volumeId, versionId, deploymentId } as const

let key: SigningKey
let trust: Trust

beforeAll(async () => {
  const pair = await generateKeyPair()
  key = { keyId: 'k1', privateKey: await importPrivateKey(pair.privateKey) }
  trust = { keys: new Map([['k1', await importPublicKey(pair.publicKey)]]), revokedBefore: new Map() }
})

describe('tickets', () => {
  const issue = (): Promise<string> => signTicket(key, claims, now, later(900))

  test('a ticket gives back what it was issued for', async () => {
    expect(await verifyTicket(trust, await issue(), volumeId, now)).toEqual(claims)
  })

  test('a clock that is a minute off does not matter, more does', async () => {
    const ticket = await issue()
    await expect(verifyTicket(trust, ticket, volumeId, later(955))).resolves.toBeDefined()
    await expect(verifyTicket(trust, ticket, volumeId, later(965))).rejects.toMatchObject({
      reason: 'TICKET_EXPIRED',
    })
  })

  test('a ticket from the future is refused by the clock that issues tickets, and by no other', async () => {
    const early = later(-65)
    await expect(verifyTicket(trust, await issue(), volumeId, early)).rejects.toMatchObject({
      reason: 'TICKET_EXPIRED',
      message: expect.stringMatching(/issued at .* the clock of the database was set back/) as unknown,
    })
    await expect(verifyTicket(trust, await issue(), volumeId, later(-55))).resolves.toBeDefined()
    await expect(verifyTicket(trust, await issue(), volumeId, early, false)).resolves.toBeDefined()
  })

  test('a text that is no ticket, and a ticket of another make, are refused in words of this project', async () => {
    const [head, body, signature] = (await issue()).split('.')
    const other = Buffer.from(JSON.stringify({ alg: 'none', kid: 'k1' })).toString('base64url')
    for (const token of ['nonsense', 'a.b.c', [other, body, ''].join('.'), [head, body].join('.')])
      await expect(verifyTicket(trust, token, volumeId, now)).rejects.toMatchObject({
        reason: 'TICKET_INVALID',
        message:
          'the ticket is not valid here: expected the token of a ticket that the catalog gave, found other text',
      })
    expect(signature).toBeDefined()
  })

  test('a ticket for another volume is refused', async () => {
    const refused = verifyTicket(trust, await issue(), newVolumeId(), now)
    await expect(refused).rejects.toMatchObject({ reason: 'TICKET_INVALID' })
  })

  test('a ticket whose content was changed is refused', async () => {
    const [head, , signature] = (await issue()).split('.')
    const forged = Buffer.from(JSON.stringify({ ...claims, aud: volumeId, sub: versionId, exp: 9e9, iat: 0 }))
    const refused = verifyTicket(
      trust,
      [head, forged.toString('base64url'), signature].join('.'),
      volumeId,
      now,
    )
    await expect(refused).rejects.toMatchObject({ reason: 'TICKET_INVALID' })
  })

  test('a ticket by a key that is not trusted is refused', async () => {
    const stranger = await generateKeyPair()
    const other = { keyId: 'k2', privateKey: await importPrivateKey(stranger.privateKey) }
    const same = { keyId: 'k1', privateKey: other.privateKey }
    for (const signer of [other, same]) {
      const refused = verifyTicket(trust, await signTicket(signer, claims, now, later(900)), volumeId, now)
      await expect(refused).rejects.toMatchObject({ reason: 'TICKET_INVALID' })
    }
  })

  test('a ticket that was issued before a revocation is refused, a later one is not', async () => {
    const revoked = { ...trust, revokedBefore: new Map([[deploymentId, later(10).getTime()]]) }
    await expect(verifyTicket(revoked, await issue(), volumeId, now)).rejects.toMatchObject({
      reason: 'TICKET_INVALID',
    })
    const fresh = await signTicket(key, claims, later(11), later(900))
    await expect(verifyTicket(revoked, fresh, volumeId, later(11))).resolves.toEqual(claims)
  })
})

describe('service tickets', () => {
  const house = new Uint8Array(32).fill(7)

  test('a service is known to the one that it calls, and to no other', async () => {
    const ticket = await signServiceTicket(house, 'worker', storageOf(volumeId))
    expect(await verifyServiceTicket(house, ticket, storageOf(volumeId))).toBe('worker')
    for (const other of ['catalog', storageOf(newVolumeId())] as const)
      await expect(verifyServiceTicket(house, ticket, other)).rejects.toMatchObject({
        reason: 'UNAUTHENTICATED',
        message: `expected a ticket for service:${other}, found one for service:storage of ${volumeId}`,
      })
  })

  test('a service whose clock was set hours off is known all the same', async () => {
    for (const hours of [-12, 12]) {
      const clock = jest.useFakeTimers({ now: Date.now() + hours * 3_600_000 })
      const ticket = await signServiceTicket(house, 'storage', 'catalog')
      clock.useRealTimers()
      expect(await verifyServiceTicket(house, ticket, 'catalog')).toBe('storage')
    }
  })

  test('a service of another house is refused', async () => {
    const ticket = await signServiceTicket(new Uint8Array(32).fill(8), 'worker', 'catalog')
    await expect(verifyServiceTicket(house, ticket, 'catalog')).rejects.toMatchObject({
      reason: 'UNAUTHENTICATED',
    })
  })
})
