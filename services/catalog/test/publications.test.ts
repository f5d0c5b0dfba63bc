import { catalog, sha256FromProto } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { documentOf, recordsOf, sha256, usePublications } from './support/publications.js'
import { sweepOnce } from './support/test-database.js'
import { openJobId, registerVolume, validate } from './support/versions.js'

const many = 1_000
const manyNumbers = sql<{ n: number }>`(select n from generate_series(1, ${sql.lit(many)}) n)`

describe('a publication', () => {
  const site = usePublications()
  const { house, subjectOn, isOpen, take, publish, seal, epochOf, recordImages, heldAs, unknownImage } = site

  test('brings what changed since the last, and image.json', async () => {
    const first = await seal()
    const part = await publish()
    expect(documentOf(part)).toMatchObject({ image: site.imageId, primary: null, next_number: 2 })
    expect(recordsOf(part)).toEqual([[first, expect.objectContaining({ number: 1, verdict: 'PENDING' })]])
    expect(part).toMatchObject({ allowAbsent: true, bases: [expect.anything()] })

    const second = await seal()
    await validate(house, first)
    await house.images.promote({ imageId: site.imageId, versionId: first })
    const next = await publish()
    expect(next.bases.map((digest) => sha256FromProto(digest))).toContain(sha256(part.document))
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
    await house.db.updateTable('images').set({ nextNumber: 4_000 }).where('uid', '=', site.imageUid).execute()
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
    const { generation } = await house.images.get({ imageId: site.imageId })
    await house.versions.mark({ versionId, mark: catalog.Mark.MARK_GOOD, reason: 'before' })
    const before = await publish()
    const earlier = Number(generation)
    await house.db
      .updateTable('images')
      .set({ generation: earlier })
      .where('uid', '=', site.imageUid)
      .execute()
    await house.db
      .updateTable('publications')
      .set({ publishedGeneration: earlier, sentGeneration: earlier })
      .where('imageUid', '=', site.imageUid)
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
    expect(next.bases.map((digest) => sha256FromProto(digest))).toContain(sha256(lost.document))
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
    const versionId = await seal(other)
    await validate(house, versionId)
    await house.images.promote({ imageId: site.imageId, versionId })
    const on = await publish()
    expect(on.volume).toMatchObject({ volumeId: site.volumeId })
    expect(await isOpen()).toBe(false)
    expect(await isOpen(other)).toBe(true)
    const onOther = await publish(other)
    expect(onOther.volume).toMatchObject({ volumeId: other })
    expect(recordsOf(onOther)).toHaveLength(3)
    expect([on, onOther].map(({ primaryElsewhere }) => primaryElsewhere)).toEqual([true, false])
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
    expect(whole.bases.map((digest) => sha256FromProto(digest))).toContain('ab'.repeat(32))
    expect(recordsOf(whole)).toHaveLength(1)
    expect(documentOf(whole)).toMatchObject({ next_number: 9 })
  })

  test('is made once more by the sweeper for every image after the epoch was raised', async () => {
    await seal()
    await publish()
    const bystander = subjectOn()
    await site.newImage()
    await seal()
    const { part, confirm } = await take()
    await confirm(unknownImage(await epochOf(), part.generation))
    await sweepOnce(house.db)
    await expect(openJobId(house, 'publish', bystander)).resolves.toMatch(/^job-/)
  })
})
