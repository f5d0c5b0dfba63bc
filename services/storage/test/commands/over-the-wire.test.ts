import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sha256FromProto } from '@goldkeep/contracts'
import { parseManifest } from '@goldkeep/volume'
import { waitUntil } from '@goldkeep/testing'
import { sha256 } from '../support/bytes.js'
import { imageId, imageUid, newVersion, startTestHouse, type TestHouse } from '../support/test-house.js'
import { office } from './shelf.js'
import { bytesOfVersion, commandsOf, commandsTo, readDigest, sealOne } from './worker.js'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.close())

describe('over the wire', () => {
  test('a version is trashed, told in the inventory, restored, moved and purged', async () => {
    const versionId = await sealOne(house)
    const digest = sha256(house.catalog.sealed.get(versionId)?.manifest ?? Buffer.of())
    const { trashName } = await (await commandsTo(house)).trash(versionId, 1)
    const told = house.catalog.inventories.length
    await house.restart()
    await waitUntil(() => house.catalog.inventories.length > told, { what: 'the inventory is told' })
    const { versions, trash } = house.catalog.inventories.at(-1) ?? { versions: [], trash: [] }
    expect(versions.map((held) => held.versionId)).not.toContain(versionId)
    expect(trash).toMatchObject([{ versionId, trashName, imageId, imageUid, purging: false }])
    expect(sha256FromProto(trash[0]?.manifestDigest)).toBe(digest)

    const worker = await commandsTo(house)
    const restored = await worker.restore(versionId, 2)
    expect(restored).toMatchObject({ imageId, imageUid })
    expect(sha256FromProto(restored.manifestDigest)).toBe(digest)
    expect(await worker.move(versionId, 3)).toEqual({ ...office })
    expect(await readDigest(house, versionId)).toBe(sha256(bytesOfVersion(versionId)))
    await worker.trash(versionId, 4)
    expect(await worker.purge(versionId, 5)).toEqual({ keptPaths: [], keptCount: 0, keptIn: '' })
  })

  test('a clone is told to the catalog as a seal is, also when it cannot be reached at once', async () => {
    const source = await sealOne(house)
    const worker = await commandsTo(house)
    const [told, later] = [newVersion(), newVersion()]
    const { manifest, manifestDigest, recorded } = await worker.clone(told, 1, source)
    expect(recorded).toBe(true)
    expect(sha256FromProto(manifestDigest)).toBe(sha256(manifest))
    expect(parseManifest(manifest)).toMatchObject({ version: told, cloned_from: { version: source } })
    expect(house.catalog.sealed.get(told)).toMatchObject({ ...office, versionId: told, manifest })
    house.catalog.down = true
    expect((await worker.clone(later, 1, source)).recorded).toBe(false)
    house.catalog.down = false
    await waitUntil(() => house.catalog.sealed.has(later), {
      what: 'the clone is recorded',
      timeoutMs: 20_000,
    })
  })
})

describe('a command is refused', () => {
  test('to whoever is no service of the house', async () => {
    const versionId = await sealOne(house)
    const stranger = commandsOf(await house.reader(versionId), house.catalog.house)
    const refused = { reason: 'UNAUTHENTICATED' }
    await expect(stranger.trash(versionId, 1)).rejects.toMatchObject(refused)
    await expect(stranger.restore(versionId, 1)).rejects.toMatchObject(refused)
    await expect(stranger.purge(versionId, 1)).rejects.toMatchObject(refused)
    await expect(stranger.move(versionId, 1)).rejects.toMatchObject(refused)
    await expect(stranger.clone(newVersion(), 1, versionId)).rejects.toMatchObject(refused)
  })

  test('when a field of it is missing or is none', async () => {
    const { admin } = await house.worker()
    const command = { versionId: newVersion(), epoch: 1n, opSeq: 1n }
    const belonging = { imageId, imageUid }
    const invalid = { reason: 'INVALID_FIELD' }
    await expect(admin.trash({ ...command, ...belonging })).rejects.toMatchObject(invalid)
    await expect(admin.trash({ ...command, time: new Date() })).rejects.toMatchObject(invalid)
    await expect(admin.purge({ ...command, trashName: '../images' })).rejects.toMatchObject(invalid)
    await expect(admin.restore({ ...command, ...belonging, opSeq: -1n })).rejects.toMatchObject(invalid)
    await expect(admin.purge({ ...command, paths: ['../../etc/passwd'] })).rejects.toMatchObject({
      reason: 'INVALID_PATH',
    })
  })
})
