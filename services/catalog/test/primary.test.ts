import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { movePointer } from '../src/db/images-queries.js'
import { reason } from './support/reason.js'
import { atomically } from './support/test-database.js'
import { sealVersion, useLab, validate, validVersion, versionOf } from './support/versions.js'

const { Mark, PrimaryChangeKind } = catalog

describe('the primary pointer', () => {
  const { house, volumeId } = useLab()

  /** An image with valid versions, none of them primary. */
  async function imageWithVersions(imageId: string, count: number): Promise<string[]> {
    await house.images.create({ imageId })
    const ids: string[] = []
    while (ids.length < count) ids.push((await validVersion(house, imageId, volumeId)).versionId)
    return ids
  }
  const primaryOf = async (imageId: string) => (await house.images.getPrimary({ imageId })).versionId

  test('of two promotions with the same expectation one wins', async () => {
    const [first = '', second = '', third = ''] = await imageWithVersions('race', 3)
    await house.images.promote({ imageId: 'race', versionId: first, expectedPrimaryVersionId: '' })
    const promote = (versionId: string) =>
      house.images.promote({ imageId: 'race', versionId, expectedPrimaryVersionId: first })
    const outcomes = await Promise.allSettled([promote(second), promote(third)])
    const [won] = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const [lost] = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    expect(lost).toEqual(reason('PRIMARY_CHANGED'))
    expect(await primaryOf('race')).toBe(won?.change?.toVersionId)
    const { changes } = await house.images.listPrimaryChanges({ imageId: 'race' })
    expect(changes.map((change) => change.toVersionId)).toEqual([won?.change?.toVersionId, first])
  })

  test('is not moved from where it is not, whoever holds the image', async () => {
    const [first = '', second = '', third = ''] = await imageWithVersions('moved', 3)
    const { image } = await house.images.promote({ imageId: 'moved', versionId: first })
    const uid = image?.uid ?? ''
    const move = (from: string | null) => atomically(house.db, (trx) => movePointer(trx, uid, from, third))
    await expect(move(second)).rejects.toEqual(reason('PRIMARY_CHANGED'))
    await expect(move(null)).rejects.toEqual(reason('PRIMARY_CHANGED'))
    expect(await primaryOf('moved')).toBe(first)
    await move(first)
    expect(await primaryOf('moved')).toBe(third)
  })

  test('a promotion without expectation moves the pointer, and is kept with who and why', async () => {
    const [first = '', second = ''] = await imageWithVersions('plain', 2)
    await house.images.promote({ imageId: 'plain', versionId: first })
    const { image, change } = await house.images.promote({
      imageId: 'plain',
      versionId: second,
      reason: 'with the new driver',
    })
    expect(image).toMatchObject({ primaryVersionId: second, primaryNumber: 2 })
    expect(change).toMatchObject({
      kind: PrimaryChangeKind.PRIMARY_CHANGE_KIND_PROMOTE,
      fromVersionId: first,
      fromNumber: 1,
      toNumber: 2,
      reason: 'with the new driver',
      actor: { kind: 'user', name: 'admin' },
    })
  })

  test('promoting what is primary already moves nothing', async () => {
    const [only = ''] = await imageWithVersions('again', 1)
    const first = await house.images.promote({ imageId: 'again', versionId: only })
    const second = await house.images.promote({ imageId: 'again', versionId: only })
    expect(second.change?.changeId).toBe(first.change?.changeId)
    expect(second.image?.generation).toBe(first.image?.generation)
  })

  test('what is not valid becomes primary only by force with a reason', async () => {
    await house.images.create({ imageId: 'doubt' })
    const { versionId } = await sealVersion(house, 'doubt', volumeId)
    await expect(house.images.promote({ imageId: 'doubt', versionId })).rejects.toEqual(
      reason('VERSION_NOT_VALID'),
    )
    await validate(house, versionId, { 'wim-structure': 'FAIL' })
    await expect(house.images.promote({ imageId: 'doubt', versionId, force: true })).rejects.toEqual(
      reason('INVALID_FIELD'),
    )
    const { change } = await house.images.promote({
      imageId: 'doubt',
      versionId,
      force: true,
      reason: 'I looked',
    })
    expect(change?.forced).toBe(true)
  })

  test('what is still uploading, and a version of another image, never do', async () => {
    const [other = ''] = await imageWithVersions('theirs', 1)
    await house.images.create({ imageId: 'ours' })
    const { upload } = await house.uploads.begin({
      imageId: 'ours',
      schema: Buffer.from('{"harddrives":[]}'),
    })
    const force = { imageId: 'ours', force: true, reason: 'now' }
    const versionId = upload?.versionId ?? ''
    await expect(house.images.promote({ ...force, versionId })).rejects.toEqual(reason('VERSION_NOT_SEALED'))
    await expect(house.images.promote({ ...force, versionId: other })).rejects.toEqual(
      reason('VERSION_NOT_FOUND'),
    )
    await expect(house.images.getPrimary({ imageId: 'ours' })).rejects.toEqual(reason('NO_PRIMARY'))
  })

  test('a rollback goes to the former primary and marks what it leaves as bad', async () => {
    const [a = '', b = '', c = ''] = await imageWithVersions('back', 3)
    for (const versionId of [a, b, c]) await house.images.promote({ imageId: 'back', versionId })
    const { change } = await house.images.rollback({ imageId: 'back', reason: 'blue screens' })
    expect(change).toMatchObject({
      kind: PrimaryChangeKind.PRIMARY_CHANGE_KIND_ROLLBACK,
      fromVersionId: c,
      toVersionId: b,
    })
    expect(await versionOf(house, c)).toMatchObject({ mark: Mark.MARK_BAD, markReason: 'blue screens' })
    await house.images.rollback({ imageId: 'back', keepMark: true })
    expect(await primaryOf('back')).toBe(a)
    expect((await versionOf(house, b)).mark).toBe(Mark.MARK_UNSPECIFIED)
    await expect(house.images.rollback({ imageId: 'back' })).rejects.toEqual(reason('NO_ROLLBACK_TARGET'))
    expect(await primaryOf('back')).toBe(a)
  })

  test('a rollback passes over what is marked bad or missing', async () => {
    const [a = '', b = '', c = '', d = ''] = await imageWithVersions('over', 4)
    for (const versionId of [a, b, c, d]) await house.images.promote({ imageId: 'over', versionId })
    await house.versions.mark({ versionId: c, mark: Mark.MARK_BAD, reason: 'printer driver' })
    await house.db.updateTable('locations').set({ presence: 'MISSING' }).where('versionId', '=', b).execute()
    await house.images.rollback({ imageId: 'over' })
    expect(await primaryOf('over')).toBe(a)
  })

  test('a rollback never lands on damaged bytes by itself', async () => {
    const [a = '', b = '', c = ''] = await imageWithVersions('damaged', 3)
    for (const versionId of [a, b, c]) await house.images.promote({ imageId: 'damaged', versionId })
    await house.db.updateTable('locations').set({ presence: 'DAMAGED' }).where('versionId', '=', b).execute()
    await expect(house.images.rollback({ imageId: 'damaged', versionId: b })).rejects.toEqual(
      reason('VERSION_DAMAGED'),
    )
    await house.images.rollback({ imageId: 'damaged' })
    expect(await primaryOf('damaged')).toBe(a)
  })

  test('a rollback never lands on what is missing or on its way to the trash, named or not', async () => {
    const [a = '', b = '', c = ''] = await imageWithVersions('gone', 3)
    for (const versionId of [a, b, c]) await house.images.promote({ imageId: 'gone', versionId })
    await house.db.updateTable('locations').set({ presence: 'MISSING' }).where('versionId', '=', a).execute()
    const pending = { pendingCommand: 'TRASH', pendingOpSeq: 1, opSeq: 1, pendingSince: new Date() } as const
    await house.db.updateTable('versions').set(pending).where('versionId', '=', b).execute()
    const rollback = (versionId: string) => house.images.rollback({ imageId: 'gone', versionId })
    await expect(rollback(a)).rejects.toEqual(reason('VERSION_MISSING'))
    await expect(rollback(b)).rejects.toEqual(reason('VERSION_IN_USE'))
    await expect(rollback('')).rejects.toEqual(reason('NO_ROLLBACK_TARGET'))
    expect(await primaryOf('gone')).toBe(c)
  })

  test('what storage has been told to move or remove does not become primary', async () => {
    const [a = '', b = ''] = await imageWithVersions('pending', 2)
    await house.images.promote({ imageId: 'pending', versionId: a })
    const pending = { pendingCommand: 'TRASH', pendingOpSeq: 1, opSeq: 1, pendingSince: new Date() } as const
    await house.db.updateTable('versions').set(pending).where('versionId', '=', b).execute()
    const forced = { imageId: 'pending', versionId: b, force: true, reason: 'now' }
    await expect(house.images.promote(forced)).rejects.toEqual(reason('VERSION_IN_USE'))
    expect(await primaryOf('pending')).toBe(a)
  })

  test('a rollback can name a former primary, and no other', async () => {
    const [a = '', b = '', c = '', never = ''] = await imageWithVersions('named', 4)
    for (const versionId of [a, b, c]) await house.images.promote({ imageId: 'named', versionId })
    const rollback = (versionId: string) => house.images.rollback({ imageId: 'named', versionId })
    await expect(rollback(never)).rejects.toEqual(reason('NO_ROLLBACK_TARGET'))
    await expect(rollback(c)).rejects.toEqual(reason('NO_ROLLBACK_TARGET'))
    await rollback(a)
    expect(await primaryOf('named')).toBe(a)
    await expect(rollback(c)).rejects.toEqual(reason('VERSION_MARKED_BAD'))
  })

  test('a repeated promotion gets the first answer, though the primary has moved on', async () => {
    const [a = '', b = ''] = await imageWithVersions('repeat', 2)
    const request = { imageId: 'repeat', versionId: a, requestId: 'promote-a' }
    const first = await house.images.promote(request)
    await house.images.promote({ imageId: 'repeat', versionId: b })
    expect(await house.images.promote(request)).toEqual(first)
    expect(await primaryOf('repeat')).toBe(b)
  })
})
