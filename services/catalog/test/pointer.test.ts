import { expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { movePointer } from '../src/db/images-queries.js'
import { systemActor } from '../src/domain/actor.js'
import { promoteVersion } from '../src/operations/promote-version.js'
import { reason } from './support/reason.js'
import { isAnyWaiting } from './support/test-database.js'
import { claim, openJobId, useLab, validVersion } from './support/versions.js'

const { house, volumeId } = useLab()

const rowOf = (uid: string) =>
  house.db
    .selectFrom('images')
    .select(['primaryVersionId', 'generation'])
    .where('uid', '=', uid)
    .executeTakeFirstOrThrow()

test('the pointer moves only from where it was seen, also when nobody has locked the image', async () => {
  const { uid } = await house.images.create({ imageId: 'pointer' })
  const [first, second] = [
    (await validVersion(house, 'pointer', volumeId)).versionId,
    (await validVersion(house, 'pointer', volumeId)).versionId,
  ]
  await house.images.promote({ imageId: 'pointer', versionId: first })
  const before = await rowOf(uid)
  for (const from of [null, second]) {
    const moved = house.db.transaction().execute((trx) => movePointer(trx, uid, from, second))
    await expect(moved).rejects.toEqual(reason('PRIMARY_CHANGED'))
  }
  expect(await rowOf(uid)).toEqual(before)
})

test('a promotion waits for the one before it, and moves the pointer from where that has left it', async () => {
  await house.images.create({ imageId: 'in-turn' })
  const versions: string[] = []
  for (let count = 0; count < 3; count += 1)
    versions.push((await validVersion(house, 'in-turn', volumeId)).versionId)
  const [first = '', second = '', third = ''] = versions
  await house.images.promote({ imageId: 'in-turn', versionId: first })
  const { promoting } = await house.db.transaction().execute(async (trx) => {
    const promotion = { imageId: 'in-turn', versionId: second, expected: undefined, force: false, reason: '' }
    await promoteVersion(trx, promotion, systemActor)
    const next = house.images.promote({ imageId: 'in-turn', versionId: third })
    await waitUntil(() => isAnyWaiting(house.db), { what: 'the second promotion waits for the first' })
    return { promoting: next }
  })
  const { change } = await promoting
  expect(change).toMatchObject({ fromVersionId: second, toVersionId: third })
})

test('each move of the pointer, and no other promotion, raises what is to be published', async () => {
  const { uid } = await house.images.create({ imageId: 'published' })
  const { versionId } = await validVersion(house, 'published', volumeId)
  const { generation } = await rowOf(uid)
  await house.images.promote({ imageId: 'published', versionId })
  expect((await rowOf(uid)).generation).toBe(generation + 1)
  await house.images.promote({ imageId: 'published', versionId })
  expect((await rowOf(uid)).generation).toBe(generation + 1)
})

test('a move of the pointer calls for a publication, also when all before it has been published', async () => {
  const { uid } = await house.images.create({ imageId: 'called-for' })
  const { versionId } = await validVersion(house, 'called-for', volumeId)
  const subject = `${uid}/${volumeId}`
  const jobId = await openJobId(house, 'publish', subject)
  const { claimToken } = await claim(house, jobId)
  await house.coordination.confirmCommand({ jobId, claimToken })
  await expect(openJobId(house, 'publish', subject)).rejects.toThrow()
  await house.images.promote({ imageId: 'called-for', versionId })
  const { work } = await claim(house, await openJobId(house, 'publish', subject))
  expect(work).toMatchObject({ $case: 'publish', value: { primaryVersionId: versionId } })
})

test('a rollback that expects another primary moves nothing and marks nothing', async () => {
  const { uid } = await house.images.create({ imageId: 'rolled-back' })
  const versions: string[] = []
  for (let count = 0; count < 2; count += 1)
    versions.push((await validVersion(house, 'rolled-back', volumeId)).versionId)
  for (const versionId of versions) await house.images.promote({ imageId: 'rolled-back', versionId })
  const before = await rowOf(uid)
  const rollback = house.images.rollback({
    imageId: 'rolled-back',
    expectedPrimaryVersionId: versions[0] ?? '',
  })
  await expect(rollback).rejects.toEqual(reason('PRIMARY_CHANGED'))
  expect(await rowOf(uid)).toEqual(before)
})
