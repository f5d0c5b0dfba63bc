import { afterEach, beforeAll, afterAll, describe, expect, test } from '@jest/globals'
import { parseVolumeId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { bytesOf } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { readWhole, uploadWhole } from './support/write-stream.js'

const hourMs = 3_600_000

describe('a ticket whose time does not fit', () => {
  let house: TestHouse
  const versionId = newVersion()
  const bytes = bytesOf(1_000, 'clock')

  beforeAll(async () => {
    // Between two refreshes the catalog is asked only by what a test does.
    house = await startTestHouse({ env: { GOLDKEEP_TRUST_REFRESH: '1h' } })
    await waitUntil(() => house.catalog.trustCalls > 0, { what: 'the keys are known' })
    await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
  })
  afterAll(() => house.close())
  afterEach(() => {
    house.catalog.serverTime = () => new Date()
  })

  const read = async (hoursFromNow: number) => {
    const issued = new Date(Date.now() + hoursFromNow * hourMs)
    const expires = new Date(issued.getTime() + 900_000)
    const volumeId = parseVolumeId(house.storage.volumeId)
    const claims = { volumeId, versionId, operation: 'read' } as const
    const clients = house.bearing(await house.catalog.sign(claims, { issued, expires }))
    return readWhole(clients, { versionId, path: part1 })
  }
  /** The catalog is asked out of turn once a second at most. */
  const untilRead = (hoursFromNow: number) =>
    waitUntil(
      () =>
        read(hoursFromNow).then(
          ({ size }) => size === bytes.length,
          () => false,
        ),
      { what: `a ticket of ${hoursFromNow} hours from now is taken` },
    )

  test.each([2, -2])('is taken when the clock of the catalog was set by %d hours', async (hours) => {
    house.catalog.serverTime = () => new Date(Date.now() + hours * hourMs)
    await untilRead(hours)
    house.catalog.serverTime = () => new Date()
    await untilRead(0)
  })

  test('is refused with both times when the catalog was asked and its clock is right', async () => {
    await untilRead(0)
    await expect(read(2)).rejects.toMatchObject({
      reason: 'TICKET_EXPIRED',
      message: expect.stringMatching(
        /^the ticket was issued at 2.*Z, and the catalog's clock says 2.*Z: the clock of the database was set back/,
      ) as unknown,
    })
    await expect(read(-2)).rejects.toMatchObject({
      reason: 'TICKET_EXPIRED',
      message: expect.stringMatching(
        /^the ticket expired at 2.*Z, and the catalog's clock says 2.*Z; ask for a new one$/,
      ) as unknown,
    })
  })

  test('does not make storage ask the catalog more than once a second', async () => {
    const asked = house.catalog.trustCalls
    const begun = performance.now()
    for (let count = 0; count < 20; count += 1) await read(-2).catch(() => {})
    expect(house.catalog.trustCalls - asked).toBeLessThanOrEqual(1 + (performance.now() - begun) / 1_000)
  })
})

describe('more revocations than one answer has', () => {
  test('are all taken', async () => {
    const house = await startTestHouse()
    const versionId = newVersion()
    await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytesOf(9, 'many') })
    const last = 'dep-9999999999999999'
    const reader = await house.reader(versionId, last)
    expect((await readWhole(reader, { versionId, path: part1 })).size).toBe(9)
    const issuedBefore = new Date(Date.now() + 60_000)
    house.catalog.revocationsInOneAnswer = 1
    house.catalog.revocations.push(
      { subject: 'dep-0000000000000000', issuedBefore },
      { subject: last, issuedBefore },
    )
    const refused = () =>
      readWhole(reader, { versionId, path: part1 }).then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(await waitUntil(refused, { what: 'the last revocation is known' })).toMatchObject({
      reason: 'TICKET_INVALID',
    })
    await house.close()
  })
})
