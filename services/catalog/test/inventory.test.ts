import { beforeEach, describe, expect, test } from '@jest/globals'
import { catalog, gatherAnswer } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { reason } from './support/reason.js'
import { useTestCatalog } from './support/test-catalog.js'
import { registerVolume, schema, sealVersion, validVersion, versionOf } from './support/versions.js'

const { Presence } = catalog
const wrong = { algorithm: 'sha256', value: Buffer.alloc(32, 7) }
type Batch = Partial<Omit<catalog.RecordInventoryRequest, 'versions'>> & {
  versions?: Partial<catalog.HeldVersion>[]
}

describe('an inventory', () => {
  const house = useTestCatalog((started) => started.images.create({ imageId: 'lab' }))
  let volumeId: string

  beforeEach(async () => {
    volumeId = await registerVolume(house)
  })

  const presenceOf = async (versionId: string) => (await versionOf(house, versionId)).presence
  const heldAs = async (versionId: string) => ({
    versionId,
    imageId: 'lab',
    manifestDigest: (await versionOf(house, versionId)).manifestDigest,
  })
  const sealed = async () => (await sealVersion(house, 'lab', volumeId)).versionId
  const start = () =>
    house.deployments.start({
      imageId: 'lab',
      target: { $case: 'multicast', value: { sessionId: 'room-1' } },
    })
  /** The house's clock, as storage asks for it before it looks. */
  async function look(): Promise<Date> {
    const announced = await house.coordination.registerVolume({
      volumeId,
      address: '127.0.0.1:7461',
      capacityBytes: 10n ** 12n,
      freeBytes: 10n ** 12n,
    })
    return announced.serverTime ?? new Date(0)
  }
  async function* inOrder(batches: readonly Batch[]): AsyncGenerator<Batch> {
    yield* batches
  }
  const record = (batches: readonly Batch[]) =>
    gatherAnswer(
      house.coordination.recordInventory(inOrder(batches.map((batch) => ({ volumeId, ...batch })))),
    )
  const recordHeld = async (versions: Batch['versions'] = []) =>
    record([{ lookTime: await look() }, { versions }, { complete: true }])

  test('tells what is unrecorded, unknown, missing and in conflict, and heals what is back', async () => {
    const [kept, lost, changed, misplaced] = [await sealed(), await sealed(), await sealed(), await sealed()]
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const unrecorded = upload?.versionId ?? ''
    const unknown = '20200101T000000Z-zzzz'
    const held = [
      await heldAs(kept),
      { versionId: changed, imageId: 'lab', manifestDigest: wrong },
      { ...(await heldAs(misplaced)), imageId: 'zoo' },
      { versionId: unrecorded, manifestDigest: wrong },
      { versionId: unknown, manifestDigest: wrong },
    ]
    expect(await recordHeld(held)).toEqual({
      unrecordedVersionIds: [unrecorded],
      unknownVersionIds: [unknown],
      missingVersionIds: [lost],
      conflictingVersionIds: [changed, misplaced],
    })
    expect(await presenceOf(kept)).toBe(Presence.PRESENCE_PRESENT)
    expect(await presenceOf(lost)).toBe(Presence.PRESENCE_MISSING)
    expect(await presenceOf(changed)).toBe(Presence.PRESENCE_DAMAGED)
    expect(await presenceOf(misplaced)).toBe(Presence.PRESENCE_DAMAGED)
    await recordHeld([...held, await heldAs(lost)])
    expect(await presenceOf(lost)).toBe(Presence.PRESENCE_PRESENT)
  })

  describe('with what the volume cannot read', () => {
    const tell = async (batch: Batch) => record([{ lookTime: await look() }, batch, { complete: true }])

    test('finds nothing missing of it, and tells it as unreadable until it is read', async () => {
      const versionId = await sealed()
      const answer = await tell({ unreadable: [{ imageId: 'lab', versionId }] })
      expect(answer.missingVersionIds).toEqual([])
      expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_UNREADABLE)
      await recordHeld([await heldAs(versionId)])
      expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_PRESENT)
    })

    test('finds nothing missing while the versions of an image cannot be listed', async () => {
      await house.images.create({ imageId: 'office' })
      const [inLab, inOffice] = [await sealed(), (await sealVersion(house, 'office', volumeId)).versionId]
      const answer = await tell({ unreadable: [{ imageId: 'lab', versionId: '' }] })
      expect(answer.missingVersionIds).toEqual([])
      expect(await presenceOf(inLab)).toBe(Presence.PRESENCE_UNREADABLE)
      expect(await presenceOf(inOffice)).toBe(Presence.PRESENCE_PRESENT)
    })

    test('lets what was damaged before be damaged when it is read again', async () => {
      const versionId = await sealed()
      await recordHeld([{ versionId, manifestDigest: wrong }])
      await tell({ unreadable: [{ imageId: 'lab', versionId }] })
      expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_UNREADABLE)
      await recordHeld([await heldAs(versionId)])
      expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_DAMAGED)
    })

    test('tells what is gone after it was unreadable as missing', async () => {
      const versionId = await sealed()
      await tell({ unreadable: [{ imageId: 'lab', versionId }] })
      expect((await recordHeld()).missingVersionIds).toEqual([versionId])
      expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_MISSING)
    })

    test('still counts a version as held that the volume can read in another place', async () => {
      const versionId = await sealed()
      const versions = [await heldAs(versionId)]
      await tell({
        versions,
        unreadable: [{ imageId: 'zoo', versionId }],
        copies: [{ versionId, imageId: 'zoo', manifestDigest: undefined }],
      })
      expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_PRESENT)
    })

    test('still deploys a primary: nothing is decided from that', async () => {
      const { versionId } = await validVersion(house, 'lab', volumeId)
      await house.images.promote({ imageId: 'lab', versionId })
      await tell({ unreadable: [{ imageId: 'lab', versionId }] })
      expect((await start()).deployment?.versionId).toBe(versionId)
    })
  })

  test('tells a version as damaged whose directory has no manifest of it, and not as missing', async () => {
    const versionId = await sealed()
    const answer = await record([
      { lookTime: await look() },
      { copies: [{ versionId, imageId: 'lab', manifestDigest: undefined }] },
      { complete: true },
    ])
    expect(answer.missingVersionIds).toEqual([])
    expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_DAMAGED)
  })

  test('of one volume that lost a version leaves it present on another, and deployed from there', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    const another = await registerVolume(house)
    await record([
      { volumeId: another, versions: [await heldAs(versionId)] },
      { volumeId: another, complete: true },
    ])
    expect((await recordHeld()).missingVersionIds).toEqual([versionId])
    expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_PRESENT)
    await house.images.promote({ imageId: 'lab', versionId })
    expect((await start()).volume?.volumeId).toBe(another)
  })

  test('may be larger than any message', async () => {
    const entry = (index: number) => ({
      versionId: `20200101T000000Z-${index.toString(36).padStart(6, '0')}`,
      manifestDigest: wrong,
    })
    const batch = (from: number) => Array.from({ length: 1_000 }, (_, index) => entry(from + index))
    const batches = Array.from({ length: 80 }, (_, index) => ({ versions: batch(index * 1_000) }))
    const { unknownVersionIds } = await record([{ lookTime: await look() }, ...batches, { complete: true }])
    expect(unknownVersionIds).toHaveLength(80_000)
  })

  test('that ends without its last message counts for nothing', async () => {
    const versionId = await sealed()
    await expect(record([{ lookTime: await look() }])).rejects.toEqual(reason('PROTOCOL_VIOLATION'))
    await expect(record([])).rejects.toEqual(reason('PROTOCOL_VIOLATION'))
    expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_PRESENT)
  })

  test('whose connection is cut counts for nothing', async () => {
    const versionId = await sealed()
    const lookTime = await look()
    const cut = new AbortController()
    let isSent = false
    async function* cutShort(): AsyncGenerator<Batch> {
      yield { volumeId, lookTime }
      isSent = true
      await new Promise((resolve) => cut.signal.addEventListener('abort', resolve))
    }
    const call = gatherAnswer(house.coordination.recordInventory(cutShort(), { signal: cut.signal }))
    const outcome = call.then(
      () => 'answered',
      () => 'refused',
    )
    await waitUntil(() => isSent, { what: 'the first message is sent' })
    cut.abort()
    expect(await outcome).toBe('refused')
    expect(await recordHeld([await heldAs(versionId)])).toMatchObject({ missingVersionIds: [] })
    expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_PRESENT)
  })

  test('finds nothing missing that was sealed after the look began', async () => {
    const lookTime = await look()
    const versionId = await sealed()
    const answer = await record([{ lookTime }, { complete: true }])
    expect(answer.missingVersionIds).toEqual([])
    expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_PRESENT)
  })

  test('does not call damaged bytes whole because they are there', async () => {
    const versionId = await sealed()
    await house.db
      .updateTable('locations')
      .set({ presence: 'DAMAGED' })
      .where('versionId', '=', versionId)
      .execute()
    await recordHeld([await heldAs(versionId)])
    expect(await presenceOf(versionId)).toBe(Presence.PRESENCE_DAMAGED)
  })

  test('of a volume that speaks for another is refused', async () => {
    const batches = [{ volumeId }, { volumeId: 'vol-another000000000', complete: true }]
    const mixed = gatherAnswer(house.coordination.recordInventory(inOrder(batches)))
    await expect(mixed).rejects.toEqual(reason('PROTOCOL_VIOLATION'))
  })

  test('of 60,000 versions that the catalog does not know is answered in parts that fit into messages', async () => {
    const held = Array.from({ length: 60_000 }, (_, index) => ({
      versionId: `20200101T000000Z-${'x'.repeat(60)}${String(index).padStart(5, '0')}`,
      manifestDigest: wrong,
    }))
    const batches: Batch[] = [{ lookTime: await look() }]
    for (let start = 0; start < held.length; start += 5_000)
      batches.push({ versions: held.slice(start, start + 5_000) })
    const { unknownVersionIds } = await record([...batches, { complete: true }])
    expect(unknownVersionIds).toEqual(held.map(({ versionId: id }) => id))
    expect(Buffer.byteLength(unknownVersionIds.join(''))).toBeGreaterThan(4 * 1024 * 1024)
  })
})
