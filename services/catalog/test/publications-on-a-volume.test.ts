import { catalog, sha256FromProto, sha256ToProto, gatherAnswer } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { documentOf, recordsOf, sha256, usePublications } from './support/publications.js'
import { manifestOf, schema, sealVersion, versionOf } from './support/versions.js'

describe('a publication that an inventory tells of', () => {
  const site = usePublications()
  const { house, isOpen, publish, seal, epochOf, recordImages, heldAs, unknownImage } = site

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
    expect(part.bases.map((digest) => sha256FromProto(digest))).toContain('ab'.repeat(32))
    expect((await seal()) && documentOf(await publish())).toMatchObject({ next_number: 5 })
  })

  test('gives what is not sealed yet another number, when that was given out before', async () => {
    const begin = async () =>
      (await house.uploads.begin({ imageId: site.imageId, schema })).upload?.versionId ?? ''
    const numberOf = async (versionId: string) => (await versionOf(house, versionId)).number
    const [first, second] = [await begin(), await begin()]
    await recordImages([unknownImage(await epochOf(), 3n, 40)])
    expect([await numberOf(first), await numberOf(second)]).toEqual([40, 41])
    // Of a third the seal is told before anything else is.
    const third = await begin()
    const manifest = await manifestOf(house, third, site.volumeId)
    const documentDigest = sha256ToProto('cd'.repeat(32))
    const image = { ...unknownImage(await epochOf(), 4n, 60), documentDigest }
    const seal = { volumeId: site.volumeId, versionId: third, manifest, image }
    expect(await house.coordination.recordSealed(seal)).toEqual({ number: 62 })
    expect(await house.coordination.recordSealed(seal)).toEqual({ number: 62 })
    expect([await numberOf(first), await numberOf(second)]).toEqual([60, 61])
    expect(await numberOf(await begin())).toBe(63)
  })

  test.each(['inventory', 'seal'] as const)(
    'gives another number also when more were given out since than the volume has seen (heard by %s)',
    async (by) => {
      const begin = async () =>
        (await house.uploads.begin({ imageId: site.imageId, schema })).upload?.versionId ?? ''
      const numberOf = async (versionId: string) => (await versionOf(house, versionId)).number
      const sealed = await seal()
      await publish()
      // The volume has numbers up to 3, of versions that this database has lost; it has given out 2, 3 and 4 anew.
      const image = unknownImage(await epochOf(), 9n, 4)
      const [second, third, fourth] = [await begin(), await begin(), await begin()]
      if (by === 'inventory') await recordImages([image])
      const manifest = await manifestOf(house, second, site.volumeId)
      const { number } = await house.coordination.recordSealed({
        volumeId: site.volumeId,
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
      await house.uploads.begin({ imageId: site.imageId, schema }),
      await house.uploads.begin({ imageId: site.imageId, schema }),
    ]
    await seal()
    const part = await publish()
    const versionId = second.upload?.versionId ?? ''
    const manifest = await manifestOf(house, versionId, site.volumeId)
    const report = { volumeId: site.volumeId, versionId, manifest, image: heldAs(part) }
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
    expect(again.bases.map((digest) => sha256FromProto(digest))).toContain(sha256(older.document))
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
    const { number } = await sealVersion(house, site.imageId, site.volumeId)
    expect(number).toBe(40)
    expect(await publish()).toMatchObject({ epoch: BigInt(epoch + 1) })
  })

  test('a command that a volume has seen, and that was never given out, raises the epoch', async () => {
    const versionId = await seal()
    const epoch = await epochOf()
    const recordCommand = (opSeq: bigint, of = BigInt(epoch)) =>
      gatherAnswer(
        house.coordination.recordInventory(
          (async function* () {
            yield { volumeId: site.volumeId, commands: [{ versionId, epoch: of, opSeq }], complete: true }
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
