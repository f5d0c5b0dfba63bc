import { describe, expect, test } from '@jest/globals'
import { gatherAnswer, presenceWords, sha256ToProto } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { lockImageByUid } from '../src/db/images-queries.js'
import { lockOpenJobs } from '../src/db/jobs-queries.js'
import { lockPublication } from '../src/db/publications-queries.js'
import { atomically, isAnyWaiting } from './support/test-database.js'
import { sealVersion, useLab, versionOf } from './support/versions.js'

/** As a validation does that reports what it found. */
describe('a look', () => {
  const { house, volumeId } = useLab()

  test('takes the validation of a version before its location, and leaves no time between doubt and restart', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const presence = presenceWords.toProto('DAMAGED')
    let answer: Promise<unknown> = Promise.resolve()
    await atomically(house.db, async (trx) => {
      await lockOpenJobs(trx, 'validate', [versionId])
      answer = house.coordination.reportVersions({
        volumeId,
        lookedAt: [{ versionId, presence, found: 'cut' }],
      })
      answer.catch(() => {})
      await waitUntil(() => isAnyWaiting(house.db), { what: 'the look waits for the validation' })
      await trx.selectFrom('locations').selectAll().where('versionId', '=', versionId).forUpdate().execute()
    })
    await answer
    expect((await versionOf(house, versionId)).presence).toBe(presence)
  })
})

/** A transaction that takes two rows in another order than the rest comes to a deadlock with them. */
describe('an inventory', () => {
  const { house, volumeId } = useLab()

  test('takes the rows of its images before those of their publications, as a confirmation does', async () => {
    await sealVersion(house, 'lab', volumeId)
    const { uid: imageUid } = await house.images.get({ imageId: 'lab' })
    async function* inventory() {
      const documentDigest = sha256ToProto('a'.repeat(64))
      const image = { imageId: 'lab', imageUid, epoch: 1n, generation: 9n, documentDigest, nextNumber: 90 }
      yield { volumeId, images: [image], complete: true }
    }
    let answer: Promise<unknown> = Promise.resolve()
    await atomically(house.db, async (trx) => {
      await lockImageByUid(trx, imageUid)
      answer = gatherAnswer(house.coordination.recordInventory(inventory()))
      answer.catch(() => {})
      await waitUntil(() => isAnyWaiting(house.db), { what: 'the inventory waits for the image' })
      expect(await lockPublication(trx, { imageUid, volumeId })).toBeDefined()
    })
    await answer
    const { latestNumber } = await house.images.get({ imageId: 'lab' })
    expect(latestNumber).toBe(89)
  })
})
