import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf } from './support/bytes.js'
import {
  imageId,
  imageUid,
  newVersion,
  part1,
  schema,
  startTestHouse,
  type TestHouse,
} from './support/test-house.js'
import { errno, watchSyscalls } from './support/watched-syscalls.js'
import { readWhole, uploadWhole } from './support/write-stream.js'

const deploymentId = 'dep-0123456789abcdef'
let house: TestHouse
beforeEach(async () => {
  house = await startTestHouse()
})
afterEach(() => house.close())

async function untilAskedAgain(): Promise<void> {
  const before = house.catalog.trustCalls
  // The second call began after the first was answered.
  await waitUntil(() => house.catalog.trustCalls >= before + 2, { what: 'storage asks the catalog again' })
}

async function hearsOfVolume(change: () => void): Promise<void> {
  const before = house.catalog.inventories.length
  change()
  await waitUntil(() => house.catalog.inventories.length > before, { what: 'the catalog hears what is here' })
}

describe('a catalog whose database has become another one hears what is on the volume', () => {
  beforeEach(async () => {
    house.catalog.database = { incarnation: 'one', position: 100n }
    await untilAskedAgain()
    await waitUntil(() => house.catalog.inventories.length > 1, { what: 'storage knows the database' })
  })

  test('when the database says so', () =>
    hearsOfVolume(() => (house.catalog.database = { incarnation: 'two', position: 100n })))

  test('when it has gone back, as the machine that it runs on can be put back', () =>
    hearsOfVolume(() => (house.catalog.database = { incarnation: 'one', position: 50n })))

  test('also when it could not be told at first', async () => {
    let refusals = 0
    house.catalog.refuse = (rpc) => {
      if (rpc !== 'registerVolume' || refusals === 2) return undefined
      refusals += 1
      return new Error('the catalog is starting')
    }
    await hearsOfVolume(() => (house.catalog.database = { incarnation: 'two', position: 100n }))
    expect(refusals).toBe(2)
  })

  test('as of a time before the look', async () => {
    const changed = Date.now()
    await hearsOfVolume(() => (house.catalog.database = { incarnation: 'two', position: 100n }))
    const told = house.catalog.inventories.at(-1)?.lookTime?.getTime()
    expect(told).toBeGreaterThanOrEqual(changed)
    expect(told).toBeLessThanOrEqual(Date.now())
  })

  test('and of a seal that it does not know any more', async () => {
    const versionId = newVersion()
    const files = { [part1]: bytesOf(1_000, 'sealed') }
    await uploadWhole(await house.uploader(versionId), versionId, schema, files)
    await waitUntil(() => house.catalog.sealed.delete(versionId), { what: 'the seal was recorded' })
    house.catalog.database = { incarnation: 'two', position: 100n }
    await waitUntil(() => house.catalog.sealed.has(versionId), { what: 'the seal is told again' })
  })

  test('and not again while it is the same', async () => {
    const before = house.catalog.inventories.length
    house.catalog.database = { incarnation: 'one', position: 200n }
    await untilAskedAgain()
    await untilAskedAgain()
    expect(house.catalog.inventories).toHaveLength(before)
  })
})

describe('what the catalog has revoked', () => {
  const versionId = newVersion()
  const isRefused = async (): Promise<boolean> => {
    const reader = await house.reader(versionId, deploymentId)
    return readWhole(reader, { versionId, path: part1 }).then(
      () => false,
      (error: { reason?: string }) => error.reason === 'TICKET_INVALID',
    )
  }
  const revoke = (): unknown =>
    house.catalog.revocations.push({ subject: deploymentId, issuedBefore: new Date(Date.now() + 600_000) })

  beforeEach(async () => {
    const files = { [part1]: bytesOf(1_000, 'revoked') }
    await uploadWhole(await house.uploader(versionId), versionId, schema, files)
    expect(await isRefused()).toBe(false)
  })

  test('stays revoked when storage starts without the catalog, which opens to others all the same', async () => {
    revoke()
    await waitUntil(isRefused, { what: 'the ticket is refused' })
    house.catalog.down = true
    await house.restart()
    expect(await isRefused()).toBe(true)
    const other = await house.reader(versionId, 'dep-00000000000000zz')
    expect((await readWhole(other, { versionId, path: part1 })).size).toBe(1_000)
  })

  test('is refused although it cannot be written down', async () => {
    const syscalls = watchSyscalls()
    syscalls.interfere = ({ name, path }) => {
      if (name === 'rename' && path.includes('trust')) throw errno('EIO')
    }
    await house.restart({ syscalls })
    revoke()
    await waitUntil(isRefused, { what: 'the ticket is refused' })
  })
})

test('the catalog hears of the last command about each version, and of directories without a manifest', async () => {
  const [trashed, broken] = [newVersion(), newVersion()]
  for (const versionId of [trashed, broken])
    await uploadWhole(await house.uploader(versionId), versionId, schema, {
      [part1]: bytesOf(100, versionId),
    })
  const { admin } = await house.worker()
  const order = { epoch: 3n, opSeq: 7n, time: new Date(), imageId, imageUid }
  await admin.trash({ versionId: trashed, ...order })
  const manifest = join(house.volume, 'images', imageId, 'versions', broken, 'version.json')
  await house.restart({ meanwhile: () => rm(manifest) })
  const told = house.catalog.inventories.at(-1)
  expect(told?.commands).toEqual([{ versionId: trashed, epoch: 3n, opSeq: 7n }])
  expect(told?.copies).toEqual([{ versionId: broken, imageId, manifestDigest: undefined }])
})
