import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseVolumeId } from '@goldkeep/domain'
import { signServiceTicket, storageOf, type TicketClaims } from '@goldkeep/tickets'
import { waitUntil } from '@goldkeep/testing'
import { randomBytes } from 'node:crypto'
import { bytesOf } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { readWhole, startOf, uploadWhole, WriteStream } from './support/write-stream.js'

const versionId = newVersion()
const bytes = bytesOf(2_000_000, 'door')
let house: TestHouse

beforeAll(async () => {
  house = await startTestHouse()
  await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
})
afterAll(() => house.close())

const reading = (fields: Partial<TicketClaims> = {}): TicketClaims =>
  ({
    volumeId: parseVolumeId(house.storage.volumeId),
    versionId,
    operation: 'read',
    ...fields,
  }) as TicketClaims

describe('a call is refused', () => {
  test.each([
    ['TICKET_INVALID', 'a text that is no ticket', () => Promise.resolve('nonsense')],
    [
      'TICKET_INVALID',
      'a ticket for another volume',
      () => house.catalog.sign(reading({ volumeId: parseVolumeId('vol-0000000000000000') })),
    ],
    [
      'PERMISSION_DENIED',
      'a ticket for another version',
      () => house.catalog.sign(reading({ versionId: newVersion() })),
    ],
    [
      'TICKET_EXPIRED',
      'a ticket that has expired',
      () =>
        house.catalog.sign(reading(), {
          issued: new Date(Date.now() - 600_000),
          expires: new Date(Date.now() - 120_000),
        }),
    ],
  ])('%s: with %s', async (reason, _what, token) => {
    const clients = house.bearing(await token())
    await expect(readWhole(clients, { versionId, path: part1 })).rejects.toMatchObject({ reason })
    await expect(clients.versions.getManifest({ versionId })).rejects.toMatchObject({ reason })
  })

  test('with a ticket for reading where one for uploading is wanted', async () => {
    const reader = await house.reader(versionId)
    await expect(reader.uploads.open({ versionId, schema })).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    })
    await expect(reader.uploads.getStatus({ versionId })).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    })
    await expect(reader.uploads.seal({ versionId, files: [] })).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    })
    expect(await new WriteStream(reader, startOf(versionId, part1)).refusal()).toMatchObject({
      reason: 'PERMISSION_DENIED',
    })
  })

  test('with a ticket for uploading where one for reading is wanted', async () => {
    const uploader = await house.uploader(versionId)
    const refused = { reason: 'PERMISSION_DENIED' }
    await expect(readWhole(uploader, { versionId, path: part1 })).rejects.toMatchObject(refused)
    await expect(uploader.versions.getManifest({ versionId })).rejects.toMatchObject(refused)
  })

  test('of a command or of the volume without a service ticket of this house for this volume', async () => {
    const own = parseVolumeId(house.storage.volumeId)
    const another = parseVolumeId('vol-0000000000000000')
    const { serviceKey } = house.catalog
    const stranger = house.bearing(await signServiceTicket(randomBytes(32), 'worker', storageOf(own)))
    // A command for the storage of another volume, which had this address before.
    const misled = house.bearing(await signServiceTicket(serviceKey, 'worker', storageOf(another)))
    for (const clients of [stranger, misled, await house.reader(versionId)]) {
      const command = { versionId, outcome: 3, epoch: 1n, opSeq: 1n }
      await expect(clients.admin.endUpload(command)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
      await expect(clients.admin.publish({})).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
      await expect(clients.volume.getStats({})).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
    }
  })

  test('once the ticket is revoked', async () => {
    const deploymentId = 'dep-0123456789abcdef'
    const reader = await house.reader(versionId, deploymentId)
    expect((await readWhole(reader, { versionId, path: part1 })).size).toBe(bytes.length)
    house.catalog.revocations.push({ subject: deploymentId, issuedBefore: new Date(Date.now() + 5_000) })
    const refusal = await waitUntil(
      () =>
        readWhole(reader, { versionId, path: part1 }).then(
          () => undefined,
          (error: unknown) => error,
        ),
      { what: 'the revocation is known' },
    )
    expect(refusal).toMatchObject({ reason: 'TICKET_INVALID' })
  })
})

describe('a deployment that has ended', () => {
  test('is counted while it reads, and stopped in the middle', async () => {
    const deploymentId = 'dep-abcdefghijkmnpqr'
    const reader = await house.reader(versionId, deploymentId)
    const large = newVersion()
    await uploadWhole(await house.uploader(large), large, schema, { [part1]: bytesOf(24_000_000, 'large') })
    const answers = (await house.reader(large, deploymentId)).versions.read({ versionId: large, path: part1 })
    const iterator = answers[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    await waitUntil(
      () =>
        house.catalog.progress.some(({ reads }) => reads.some((read) => read.deploymentId === deploymentId)),
      { what: 'the read is reported' },
    )
    house.catalog.endedDeployments.push(deploymentId)
    const reports = house.catalog.progress.length
    await waitUntil(() => house.catalog.progress.length > reports + 1, { what: 'storage was told' })
    const readOn = async (): Promise<void> => {
      while (!(await iterator.next()).done);
    }
    await expect(readOn()).rejects.toMatchObject({ reason: 'DEPLOYMENT_ENDED' })
    reader.close()
  })
})
