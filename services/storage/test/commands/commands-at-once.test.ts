import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { VersionId } from '@goldkeep/domain'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeSyscalls } from '../../src/store/disk/syscalls.js'
import { sha256 } from '../support/bytes.js'
import { holdSyscalls } from '../support/held-syscalls.js'
import { imageId, newVersion, startTestHouse, type TestHouse } from '../support/test-house.js'
import { bytesOfVersion, commandsTo, placeOf, readDigest, sealOne, type Commands } from './worker.js'

const sys = holdSyscalls(nodeSyscalls)
let house: TestHouse
let direct: Commands
let another: Commands
let versionId: VersionId
let generation = 0

beforeAll(async () => {
  house = await startTestHouse({ syscalls: sys })
  direct = await commandsTo(house)
  another = await commandsTo(house)
})
afterAll(() => house.close())
beforeEach(async () => {
  versionId = await sealOne(house)
})

async function expectWhole(id: VersionId, bytesOf = id): Promise<void> {
  expect(await readDigest(house, id)).toBe(sha256(bytesOfVersion(bytesOf)))
}

describe('a command that is held by the disk', () => {
  test('is ended before a newer one about the same version begins', async () => {
    const renaming = sys.hold('rename', new RegExp(versionId))
    const trashed = direct.trash(versionId, 1)
    await renaming.reached
    const restored = direct.restore(versionId, 2)
    renaming.release()
    expect(await trashed).toMatchObject({ trashName: expect.stringContaining(versionId) })
    expect(await restored).toMatchObject({ imageId })
    expect(await direct.purge(versionId, 3).catch((error: unknown) => error)).toMatchObject({
      reason: 'VERSION_IN_USE',
    })
    await expectWhole(versionId)
  })

  test('lets no publication make the version the primary that it takes to the trash', async () => {
    await direct.publish(++generation, null)
    const renaming = sys.hold('rename', new RegExp(versionId))
    const trashed = direct.trash(versionId, 1)
    await renaming.reached
    const published = direct.publish(++generation, versionId)
    renaming.release()
    await trashed
    await published
    expect((await house.tree()).filter((line) => line.startsWith('link '))).toEqual([])
    await direct.restore(versionId, 2)
    expect(await readlink(join(house.volume, 'primary/images', imageId))).toContain(versionId)
    await direct.publish(++generation, null)
  })

  test('finds the version in use when a publication came first', async () => {
    const writing = sys.hold('rename', /\.image\.json\.new$/)
    const published = direct.publish(++generation, versionId)
    await writing.reached
    const trashed = direct.trash(versionId, 1).catch((error: unknown) => error)
    writing.release()
    await published
    expect(await trashed).toMatchObject({ reason: 'VERSION_IN_USE' })
    await direct.publish(++generation, null)
    await direct.trash(versionId, 1)
  })

  test('gives nothing back of which the purge has begun', async () => {
    await direct.trash(versionId, 1)
    const renaming = sys.hold('rename', new RegExp(`purging-${versionId}`))
    const purged = direct.purge(versionId, 2)
    await renaming.reached
    const restored = direct.restore(versionId, 3).catch((error: unknown) => error)
    // Meanwhile it would have been done.
    const other = await sealOne(house)
    await direct.trash(other, 1)
    await direct.restore(other, 2)
    renaming.release()
    expect(await purged).toMatchObject({ keptCount: 0 })
    expect(await restored).toMatchObject({ reason: 'VERSION_GONE' })
  })

  test('clones the whole of a version before that goes to the trash', async () => {
    const clone = newVersion()
    const linking = sys.hold('link', /schema/)
    const cloned = direct.clone(clone, 1, versionId)
    await linking.reached
    const trashed = direct.trash(versionId, 2)
    const other = await sealOne(house)
    await direct.trash(other, 1)
    linking.release()
    await cloned
    await trashed
    await expectWhole(clone, versionId)
  })

  test('does not keep other versions waiting while it removes a huge one', async () => {
    await direct.trash(versionId, 1)
    const unlinking = sys.hold('unlink', /part1/)
    const purged = direct.purge(versionId, 2)
    await unlinking.reached
    const other = await sealOne(house)
    await direct.trash(other, 1)
    await direct.restore(other, 2)
    await expectWhole(other)
    await expect(expectWhole(versionId)).rejects.toMatchObject({ reason: 'VERSION_GONE' })
    unlinking.release()
    expect(await purged).toMatchObject({ keptCount: 0 })
  })
})

describe('two at once', () => {
  const pairs: readonly [string, (on: Commands) => Promise<unknown>, (on: Commands) => Promise<unknown>][] = [
    ['trash and restore', (on) => on.trash(versionId, 1), (on) => on.restore(versionId, 2)],
    ['trash and move', (on) => on.trash(versionId, 1), (on) => on.move(versionId, 2)],
    ['move and move back', (on) => on.move(versionId, 1), (on) => on.moveBack(versionId, 2)],
    ['the same trash twice', (on) => on.trash(versionId, 1), (on) => on.trash(versionId, 1)],
  ]
  test.each(pairs)('%s leave one whole version', async (_pair, one, other) => {
    const outcomes = await Promise.allSettled([one(direct), other(another)])
    expect(outcomes.map(({ status }) => status)).toContain('fulfilled')
    await expectWhole(versionId)
    expect(['images', 'trash']).toContain(await placeOf(house, versionId))
  })

  test('clones of each other do not wait for each other for ever', async () => {
    const [one, other] = [newVersion(), newVersion()]
    await direct.clone(one, 1, versionId)
    await direct.clone(other, 1, versionId)
    const taken = expect.objectContaining({ reason: 'PLACE_TAKEN' })
    for (let opSeq = 2; opSeq < 7; opSeq += 1) {
      const clones = [direct.clone(one, opSeq, other), another.clone(other, opSeq, one)]
      const outcomes = await Promise.allSettled(clones)
      expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason: taken })))
    }
    await expectWhole(one, versionId)
    await expectWhole(other, versionId)
  })
})
