// One file because every test follows one image on its volumes, by the same few steps.
import { catalog, gatherAnswer, sha256FromProto, sha256ToProto } from '@goldkeep/contracts'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createHash } from 'node:crypto'
import { useTestCatalog } from './support/test-catalog.js'
import { sweepOnce } from './support/test-database.js'
import {
  claim,
  manifestOf,
  openJobId,
  registerVolume,
  schema,
  sealVersion,
  validate,
  versionOf,
} from './support/versions.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const many = 1_000
const manyNumbers = sql<{ n: number }>`(select n from generate_series(1, ${sql.lit(many)}) n)`

/** What a part brings to the volume, by its subject. */
const recordsOf = ({ records }: catalog.PublishWork) =>
  records.map(({ subject, document }) => [
    subject?.value ?? '',
    JSON.parse(Buffer.from(document).toString()) as Record<string, unknown>,
  ]) as [string, Record<string, unknown>][]

const documentOf = ({ document }: catalog.PublishWork) =>
  JSON.parse(Buffer.from(document).toString()) as Record<string, unknown>

describe('a publication', () => {
  const house = useTestCatalog()
  let volumeId: string
  let imageId: string
  let imageUid: string
  let count = 0

  beforeEach(async () => {
    volumeId = await registerVolume(house)
    imageId = `image-${(count += 1)}`
    imageUid = (await house.images.create({ imageId })).uid
  })

  const subjectOn = (volume = volumeId) => `${imageUid}/${volume}`
  const isOpen = async (volume = volumeId): Promise<boolean> =>
    openJobId(house, 'publish', subjectOn(volume)).then(
      () => true,
      () => false,
    )

  /** Takes the next part, as a worker does. */
  async function take(volume = volumeId) {
    const jobId = await openJobId(house, 'publish', subjectOn(volume))
    const { claimToken, work } = await claim(house, jobId)
    if (work?.$case !== 'publish') throw new Error('expected a publication')
    const part = work.value
    const confirm = (found?: catalog.HeldImage) =>
      house.coordination.confirmCommand({ jobId, claimToken, ...(found && { found }) })
    return { part, confirm }
  }

  async function publish(volume = volumeId): Promise<catalog.PublishWork> {
    const { part, confirm } = await take(volume)
    await confirm()
    return part
  }

  const seal = async (volume = volumeId) => (await sealVersion(house, imageId, volume)).versionId
  const epochOf = async () =>
    (await house.db.selectFrom('house').select('epoch').executeTakeFirstOrThrow()).epoch
  const recordImages = (images: readonly Partial<catalog.HeldImage>[], on = volumeId) =>
    gatherAnswer(
      house.coordination.recordInventory(
        (async function* () {
          yield { volumeId: on, images: [...images], complete: true }
        })(),
      ),
    )
  const heldAs = (part: catalog.PublishWork): catalog.HeldImage => ({
    imageId,
    imageUid,
    epoch: part.epoch,
    generation: part.generation,
    documentDigest: sha256ToProto(sha256(part.document)),
    nextNumber: Number(documentOf(part).next_number),
    deleted: false,
  })
  const unknownImage = (epoch: number, generation: bigint, nextNumber = 0): catalog.HeldImage => ({
    imageId,
    imageUid,
    epoch: BigInt(epoch),
    generation,
    documentDigest: sha256ToProto('ab'.repeat(32)),
    nextNumber,
    deleted: false,
  })

  test('brings what changed since the last, and image.json', async () => {
    const first = await seal()
    const part = await publish()
    expect(documentOf(part)).toMatchObject({ image: imageId, primary: null, next_number: 2 })
    expect(recordsOf(part)).toEqual([[first, expect.objectContaining({ number: 1, verdict: 'PENDING' })]])
    expect(part).toMatchObject({ allowAbsent: true, bases: [expect.anything()] })

    const second = await seal()
    await validate(house, first)
    await house.images.promote({ imageId, versionId: first })
    const next = await publish()
    expect(next.bases.map(sha256FromProto)).toContain(sha256(part.document))
    expect(next.allowAbsent).toBe(false)
    expect(documentOf(next)).toMatchObject({ primary: first })
    const records = recordsOf(next)
    expect(records.map(([id]) => id)).toEqual([second, first, expect.stringMatching(/^chg-/)])
    expect(records[1]?.[1]).toMatchObject({ verdict: 'VALID' })
    expect(records[2]?.[1]).toMatchObject({ kind: 'PROMOTE', from: null, to: first })
    expect(await isOpen()).toBe(false)
  })

  test('of one change costs the same with many versions, and what is much comes in parts', async () => {
    const changed = await seal()
    await publish()
    await house.versions.mark({ versionId: changed, mark: catalog.Mark.MARK_GOOD, reason: 'it boots' })
    const alone = await publish()
    await house.db
      .insertInto('versions')
      .columns([
        ...(['versionId', 'imageUid', 'number', 'lifecycle', 'note', 'schema', 'manifest'] as const),
        ...([
          'manifestDigest',
          'capture',
          'createdBy',
          'sealedAt',
          'generation',
          'mark',
          'markReason',
        ] as const),
      ])
      .expression((from) =>
        from
          .selectFrom('versions')
          .innerJoin(manyNumbers.as('many'), (join) => join.onTrue())
          .select((each) => [
            sql<string>`'20260101T000000Z-' || lpad(many.n::text, 6, '0')`.as('id'),
            'versions.imageUid',
            sql<number>`many.n + 1000`.as('number'),
            'versions.lifecycle',
            each.val('n'.repeat(4_000)).as('note'),
            'versions.schema',
            'versions.manifest',
            'versions.manifestDigest',
            'versions.capture',
            'versions.createdBy',
            'versions.sealedAt',
            sql<number>`2`.as('generation'),
            each.val('GOOD' as const).as('mark'),
            each.val('r'.repeat(4_000)).as('markReason'),
          ])
          .where('versions.versionId', '=', changed),
      )
      .execute()
    await house.db.updateTable('images').set({ nextNumber: 4_000 }).where('uid', '=', imageUid).execute()
    await house.versions.mark({ versionId: changed, mark: catalog.Mark.MARK_GOOD, reason: 'it boots' })
    const amongMany = await publish()
    const bytesOf = (part: catalog.PublishWork): number => catalog.PublishWork.encode(part).finish().length
    expect(bytesOf(amongMany)).toBeLessThan(bytesOf(alone) + 200)

    await recordImages([])
    const parts: catalog.PublishWork[] = []
    while (await isOpen()) parts.push(await publish())
    expect(parts.length).toBeGreaterThan(4)
    expect(Math.max(...parts.map(bytesOf))).toBeLessThan(1.2 * 1024 * 1024)
    expect(parts.map(({ document }) => document.length > 0)).toEqual([
      ...parts.slice(1).map(() => false),
      true,
    ])
    const sent = new Set(parts.flatMap((part) => recordsOf(part).map(([id]) => id)))
    expect(sent.size).toBe(many + 1)
  })

  test('is another one after the database was put back, though only a record differs', async () => {
    const versionId = await seal()
    await publish()
    const { generation } = await house.images.get({ imageId })
    await house.versions.mark({ versionId, mark: catalog.Mark.MARK_GOOD, reason: 'before' })
    const before = await publish()
    const earlier = Number(generation)
    await house.db.updateTable('images').set({ generation: earlier }).where('uid', '=', imageUid).execute()
    await house.db
      .updateTable('publications')
      .set({ publishedGeneration: earlier, sentGeneration: earlier })
      .where('imageUid', '=', imageUid)
      .execute()
    await house.versions.mark({ versionId, mark: catalog.Mark.MARK_BAD, reason: 'after' })
    const { part: after } = await take()
    expect(after.generation).toBe(before.generation)
    expect(sha256(after.document)).not.toBe(sha256(before.document))
  })

  test('whose answer was lost is a base of the next', async () => {
    await seal()
    const lost = (await take()).part
    await house.db.updateTable('jobs').set({ claimToken: null, claimExpiresAt: null }).execute()
    await seal()
    const next = await publish()
    expect(next.bases.map(sha256FromProto)).toContain(sha256(lost.document))
    expect(recordsOf(next)).toHaveLength(2)
  })

  test('that finds its own attempt on the volume goes on, in the same epoch', async () => {
    await seal()
    const lost = (await take()).part
    await house.db.updateTable('jobs').set({ claimToken: null, claimExpiresAt: null }).execute()
    const epoch = await epochOf()
    const { confirm } = await take()
    await confirm(heldAs(lost))
    expect(await epochOf()).toBe(epoch)
    expect(await isOpen()).toBe(false)
  })

  test('is asked for on every volume that has a version of the image, each by itself', async () => {
    const other = await registerVolume(house)
    await seal()
    await seal(other)
    const on = await publish()
    expect(on.volume).toMatchObject({ volumeId })
    expect(await isOpen()).toBe(false)
    expect(await isOpen(other)).toBe(true)
    const onOther = await publish(other)
    expect(onOther.volume).toMatchObject({ volumeId: other })
    expect(recordsOf(onOther)).toHaveLength(2)
  })

  test('that conflicts with one which this database never made raises the epoch, and comes whole', async () => {
    const versionId = await seal()
    await publish()
    await house.versions.mark({ versionId, mark: catalog.Mark.MARK_BAD, reason: 'no sound' })
    const epoch = await epochOf()
    const { part, confirm } = await take()
    await confirm(unknownImage(epoch, part.generation, 9))
    expect(await epochOf()).toBe(epoch + 1)
    const whole = await publish()
    expect(whole.epoch).toBe(BigInt(epoch + 1))
    expect(whole.bases.map(sha256FromProto)).toContain('ab'.repeat(32))
    expect(recordsOf(whole)).toHaveLength(1)
    expect(documentOf(whole)).toMatchObject({ next_number: 9 })
  })

  test('is made once more by the sweeper for every image after the epoch was raised', async () => {
    await seal()
    await publish()
    const bystander = { imageId, imageUid, subject: subjectOn() }
    imageId = `image-${(count += 1)}`
    imageUid = (await house.images.create({ imageId })).uid
    await seal()
    const { part, confirm } = await take()
    await confirm(unknownImage(await epochOf(), part.generation))
    await sweepOnce(house.db)
    await expect(openJobId(house, 'publish', bystander.subject)).resolves.toMatch(/^job-/)
  })

  describe('that an inventory tells of', () => {
    test('is left as it is when it is the last', async () => {
      await seal()
      const part = await publish()
      await recordImages([heldAs(part)])
      expect(await isOpen()).toBe(false)
    })

    test('of an image that has no version by this database raises the epoch, and is made once more', async () => {
      const epoch = await epochOf()
      await recordImages([unknownImage(epoch, 3n, 4)])
      expect(await epochOf()).toBe(epoch + 1)
      const part = await publish()
      expect(part).toMatchObject({ epoch: BigInt(epoch + 1), primaryVersionId: '' })
      expect(part.bases.map(sha256FromProto)).toContain('ab'.repeat(32))
      expect((await seal()) && documentOf(await publish())).toMatchObject({ next_number: 5 })
    })

    test('gives what is not sealed yet another number, when that was given out before', async () => {
      const begin = async () => (await house.uploads.begin({ imageId, schema })).upload?.versionId ?? ''
      const numberOf = async (versionId: string) => (await versionOf(house, versionId)).number
      const [first, second] = [await begin(), await begin()]
      await recordImages([unknownImage(await epochOf(), 3n, 40)])
      expect([await numberOf(first), await numberOf(second)]).toEqual([40, 41])
      // Of a third the seal is told before anything else is.
      const third = await begin()
      const manifest = await manifestOf(house, third, volumeId)
      const documentDigest = sha256ToProto('cd'.repeat(32))
      const image = { ...unknownImage(await epochOf(), 4n, 60), documentDigest }
      const seal = { volumeId, versionId: third, manifest, image }
      expect(await house.coordination.recordSealed(seal)).toEqual({ number: 62 })
      expect(await house.coordination.recordSealed(seal)).toEqual({ number: 62 })
      expect([await numberOf(first), await numberOf(second)]).toEqual([60, 61])
      expect(await numberOf(await begin())).toBe(63)
    })

    test.each(['inventory', 'seal'] as const)(
      'gives another number also when more were given out since than the volume has seen (heard by %s)',
      async (by) => {
        const begin = async () => (await house.uploads.begin({ imageId, schema })).upload?.versionId ?? ''
        const numberOf = async (versionId: string) => (await versionOf(house, versionId)).number
        const sealed = await seal()
        await publish()
        // The volume has numbers up to 3, of versions that this database has lost; it has given out 2, 3 and 4 anew.
        const image = unknownImage(await epochOf(), 9n, 4)
        const [second, third, fourth] = [await begin(), await begin(), await begin()]
        if (by === 'inventory') await recordImages([image])
        const manifest = await manifestOf(house, second, volumeId)
        const { number } = await house.coordination.recordSealed({
          volumeId,
          versionId: second,
          manifest,
          image,
        })
        expect(number).toBe(5)
        expect([await numberOf(third), await numberOf(fourth)]).toEqual([6, 4])
        expect(await numberOf(sealed)).toBe(1)
      },
    )

    test('leaves numbers as they are when it is this database’s own', async () => {
      await seal()
      const [second, third] = [
        await house.uploads.begin({ imageId, schema }),
        await house.uploads.begin({ imageId, schema }),
      ]
      await seal()
      const part = await publish()
      const versionId = second.upload?.versionId ?? ''
      const manifest = await manifestOf(house, versionId, volumeId)
      const report = { volumeId, versionId, manifest, image: heldAs(part) }
      expect(await house.coordination.recordSealed(report)).toEqual({ number: 2 })
      expect((await versionOf(house, third.upload?.versionId ?? '')).number).toBe(3)
    })

    test('and that is older, or lost, is made once more in the same epoch', async () => {
      const versionId = await seal()
      const older = await publish()
      await house.versions.mark({ versionId, mark: catalog.Mark.MARK_GOOD, reason: '' })
      await publish()
      const epoch = await epochOf()
      await recordImages([heldAs(older)])
      const again = await publish()
      expect(again.bases.map(sha256FromProto)).toContain(sha256(older.document))
      expect(recordsOf(again)).toHaveLength(1)
      await recordImages([])
      expect((await publish()).allowAbsent).toBe(true)
      expect(await epochOf()).toBe(epoch)
    })

    test.each([
      ['is ahead of the database', 5n],
      ['has the numbers of the last and another content', 0n],
      ['is behind and was never made by this database', -1n],
    ])('and that %s raises the epoch', async (_what, ahead) => {
      await seal()
      const { generation } = await publish()
      const epoch = await epochOf()
      await recordImages([unknownImage(epoch, generation + ahead, 40)])
      expect(await epochOf()).toBe(epoch + 1)
      const { number } = await sealVersion(house, imageId, volumeId)
      expect(number).toBe(40)
      expect(await publish()).toMatchObject({ epoch: BigInt(epoch + 1) })
    })
  })

  test('a command that a volume has seen, and that was never given out, raises the epoch', async () => {
    const versionId = await seal()
    const epoch = await epochOf()
    const recordCommand = (opSeq: bigint, of = BigInt(epoch)) =>
      gatherAnswer(
        house.coordination.recordInventory(
          (async function* () {
            yield { volumeId, commands: [{ versionId, epoch: of, opSeq }], complete: true }
          })(),
        ),
      )
    await recordCommand(0n)
    await recordCommand(7n, BigInt(epoch) - 1n)
    expect(await epochOf()).toBe(epoch)
    await recordCommand(1n)
    expect(await epochOf()).toBe(epoch + 1)
  })
})
