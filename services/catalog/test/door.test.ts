import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { clientsWithBearer, createLogger, openChannel } from '@goldkeep/service'
import { openHalfCalls, temporaryDirectory } from '@goldkeep/testing'
import { newVolumeId } from '@goldkeep/domain'
import { signServiceTicket, storageOf } from '@goldkeep/tickets'
import { service as healthDefinition } from 'grpc-health-check'
import { createClient, Status } from 'nice-grpc'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openHouse } from '../src/operations/open-house.js'
import { reason } from './support/reason.js'
import { useTestCatalog } from './support/test-catalog.js'
import { openTestDatabase } from './support/test-database.js'
import { registerVolume } from './support/versions.js'

const log = createLogger('test', 'silent')

describe('the door', () => {
  const house = useTestCatalog()

  test('the first start leaves one admin token that only its owner can read', async () => {
    const db = await openTestDatabase(await house.createDatabase())
    const directory = await temporaryDirectory('door')
    const file = join(directory.path, 'admin-token')
    const [one, other] = await Promise.all([openHouse(db, file, log), openHouse(db, file, log)])
    expect(one).toEqual(other)
    const secret = await readFile(file, 'utf8')
    expect(secret).toMatch(/^gk_[A-Za-z0-9_-]{43}\n$/)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await openHouse(db, file, log)
    expect(await readFile(file, 'utf8')).toBe(secret)
    const tokens = await db.selectFrom('tokens').selectAll().execute()
    expect(tokens).toHaveLength(1)
    expect(JSON.stringify(tokens)).not.toContain(secret.trim())
    await db.destroy()
    await directory.remove()
  })

  test('health is for everybody, all else wants a token', async () => {
    const channel = openChannel(`127.0.0.1:${house.port}`)
    const health = createClient(healthDefinition as never, channel) as unknown as {
      Check(request: object): Promise<{ status: string }>
    }
    expect(await health.Check({})).toEqual({ status: 'SERVING' })
    channel.close()
    const stranger = house.as('gk_nobody')
    await expect(stranger.images.list({})).rejects.toEqual(reason('UNAUTHENTICATED'))
    await expect(stranger.tokens.create({ name: 'me' })).rejects.toEqual(reason('UNAUTHENTICATED'))
  })

  test('of a caller that is not known nothing but the head is read', async () => {
    const half = await openHalfCalls(`127.0.0.1:${house.port}`)
    const begin = '/goldkeep.catalog.v1.Uploads/Begin'
    const unauthenticated = { status: Status.UNAUTHENTICATED }
    for (const bearer of ['gk_nobody', undefined])
      expect(await half.begin(begin, bearer, 4_000_000, 1_000).answer).toMatchObject(unauthenticated)
    half.begin(begin, house.adminToken, 4_000_000, 1_000)
    await house.images.list({})
    expect(half.unanswered).toBe(1)
    half.close()
  })

  test('coordination is for services, and services have no other business', async () => {
    const channel = openChannel(`127.0.0.1:${house.port}`)
    const present = (bearer: string) => {
      const clients = clientsWithBearer(() => bearer)
      return {
        coordination: clients.create(catalog.CoordinationDefinition, channel),
        images: clients.create(catalog.ImagesDefinition, channel),
      }
    }
    await expect(present(house.adminToken).coordination.getTrust({})).rejects.toEqual(
      reason('UNAUTHENTICATED'),
    )
    const ticket = await signServiceTicket(house.config.serviceKey, 'worker', 'catalog')
    expect((await present(ticket).coordination.getTrust({})).houseId).toBe(house.houseId)
    await expect(present(ticket).images.list({})).rejects.toEqual(reason('UNAUTHENTICATED'))
    const elsewhere = await signServiceTicket(house.config.serviceKey, 'worker', storageOf(newVolumeId()))
    await expect(present(elsewhere).coordination.getTrust({})).rejects.toEqual(reason('UNAUTHENTICATED'))
    channel.close()
  })

  test('a token lets in until it is revoked, and history names it', async () => {
    const { token, secret } = await house.tokens.create({ name: 'script', role: 'admin' })
    const script = house.as(secret)
    await script.images.create({ imageId: 'by-script' })
    const [entry] = await house.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'create-image')
      .execute()
    expect(entry?.actor).toEqual({ kind: 'user', name: 'script', tokenId: token?.tokenId })
    expect((await house.tokens.revoke({ tokenId: 'script' })).revokeTime).toBeInstanceOf(Date)
    await expect(script.images.list({})).rejects.toEqual(reason('UNAUTHENTICATED'))
  })

  test('a secret is never returned twice', async () => {
    const request = { name: 'once', role: 'admin', requestId: 'token-1' }
    const first = await house.tokens.create(request)
    const second = await house.tokens.create(request)
    expect(first.secret).toMatch(/^gk_/)
    expect(second).toEqual({ token: first.token, secret: '' })
    const { tokens } = await house.tokens.list({})
    expect(tokens.filter((token) => token.name === 'once')).toHaveLength(1)
  })

  test('a token that has expired, an unknown role and an unclear name are refused', async () => {
    const { token, secret } = await house.tokens.create({ name: 'short', role: 'admin', expiresIn: 60n })
    await house.as(secret).images.list({})
    const expired = { expiresAt: new Date(Date.now() - 60_000) }
    await house.db
      .updateTable('tokens')
      .set(expired)
      .where('tokenId', '=', token?.tokenId ?? '')
      .execute()
    await expect(house.as(secret).images.list({})).rejects.toEqual(reason('UNAUTHENTICATED'))
    await expect(house.tokens.create({ name: 'x' })).rejects.toMatchObject({
      message: 'role: expected admin, found ""',
    })
    await expect(house.tokens.create({ name: 'x', role: 'king' })).rejects.toEqual(reason('INVALID_FIELD'))
    await house.tokens.create({ name: 'twin', role: 'admin' })
    await house.tokens.create({ name: 'twin', role: 'admin' })
    await expect(house.tokens.revoke({ tokenId: 'twin' })).rejects.toEqual(reason('AMBIGUOUS_REFERENCE'))
    await expect(house.tokens.revoke({ tokenId: 'nobody' })).rejects.toEqual(reason('TOKEN_NOT_FOUND'))
  })

  test('a volume of another house is refused, and one that has seen a later epoch raises it', async () => {
    const volumeId = await registerVolume(house)
    const strange = { volumeId, houseId: 'hse-0000000000000000', address: 'a:1' }
    await expect(house.coordination.registerVolume(strange)).rejects.toEqual(reason('HOUSE_MISMATCH'))
    const known = { volumeId, houseId: house.houseId, address: 'b:2' }
    expect(await house.coordination.registerVolume({ ...known, epoch: 1n })).toMatchObject({
      houseId: house.houseId,
      epoch: 1n,
    })
    expect((await house.coordination.registerVolume({ ...known, epoch: 9n })).epoch).toBe(10n)
    const { volumes } = await house.volumes.list({})
    expect(volumes.find((volume) => volume.volumeId === volumeId)).toMatchObject({ address: 'b:2' })
  })
})
