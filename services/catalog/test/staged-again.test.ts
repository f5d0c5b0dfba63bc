import { catalog, gatherAnswer } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { sweepOnce } from './support/test-database.js'
import { claim, openJobId, schema, useLab } from './support/versions.js'

const { LIFECYCLE_ABORTED, LIFECYCLE_SEALED } = catalog.Lifecycle

describe('an upload that has ended and is on the volume again', () => {
  const { house, volumeId } = useLab()

  const jobOf = (versionId: string) => openJobId(house, 'end-upload', versionId)
  const pendingOf = async (versionId: string) => (await house.uploads.get({ versionId })).pendingEnd

  async function confirm(versionId: string, outcome = LIFECYCLE_ABORTED): Promise<void> {
    const jobId = await jobOf(versionId)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.confirmCommand({ jobId, claimToken, outcome })
  }

  async function aborted(): Promise<string> {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const versionId = upload?.versionId ?? ''
    await house.uploads.abort({ versionId })
    await confirm(versionId)
    return versionId
  }

  async function tellStaged(...versionIds: string[]) {
    async function* inventory() {
      yield { volumeId, uploads: versionIds.map((versionId) => ({ versionId })), complete: true }
    }
    return gatherAnswer(house.coordination.recordInventory(inventory()))
  }

  test('is ended once more, by an order that is newer than the first', async () => {
    const versionId = await aborted()
    await tellStaged(versionId)
    await tellStaged(versionId)
    const { work } = await claim(house, await jobOf(versionId))
    expect(work).toMatchObject({
      $case: 'endUpload',
      value: { versionId, opSeq: 2n, outcome: LIFECYCLE_ABORTED },
    })
  })

  test.each([LIFECYCLE_ABORTED, LIFECYCLE_SEALED])(
    'and whose end is answered leaves no work',
    async (outcome) => {
      const versionId = await aborted()
      await tellStaged(versionId)
      await confirm(versionId, outcome)
      await sweepOnce(house.db)
      expect(await pendingOf(versionId)).toBeUndefined()
      await expect(jobOf(versionId)).rejects.toThrow()
    },
  )

  test('and whose order storage knows as another gets one of a later epoch', async () => {
    const versionId = await aborted()
    await tellStaged(versionId)
    const jobId = await jobOf(versionId)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.confirmCommand({ jobId, claimToken, conflictingEpoch: 41n })
    const again = await claim(house, await jobOf(versionId))
    expect(again.work).toMatchObject({ $case: 'endUpload', value: { versionId, epoch: 42n } })
  })

  test('is told when nobody knows it, and left alone while it goes on', async () => {
    const unknown = '20200101T000000Z-zzzz'
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const open = upload?.versionId ?? ''
    expect((await tellStaged(open, unknown)).unknownVersionIds).toEqual([unknown])
    expect(await pendingOf(open)).toBeUndefined()
  })
  test('and whose volume is retired leaves no work', async () => {
    const versionId = await aborted()
    await tellStaged(versionId)
    await sql`update volumes set last_seen_at = now() - interval '2 hours'`.execute(house.db)
    await house.volumes.retire({ volumeId, reason: 'its disk burnt' })
    await sweepOnce(house.db)
    await expect(jobOf(versionId)).rejects.toThrow()
  })
})
