import { catalog, presenceWords } from '@goldkeep/contracts'
import type { Presence } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { describe, expect, test } from '@jest/globals'
import { isLookAwaited, wantLooks } from '../src/db/looks-queries.js'
import { reason } from './support/reason.js'
import { openJobId, useLab, validVersion, versionOf } from './support/versions.js'

describe('a look of storage at a version', () => {
  const { house, volumeId } = useLab()
  const told = (versionId: string, presence: Presence, more: Partial<catalog.LookedAtVersion> = {}) =>
    house.coordination.reportVersions({
      volumeId,
      lookedAt: [{ versionId, imageId: 'lab', presence: presenceWords.toProto(presence), ...more }],
    })
  const shown = async (versionId: string) => {
    const { presence, locations } = await versionOf(house, versionId)
    return { presence: presenceWords.fromProto(presence), found: locations[0]?.found }
  }
  /** Plays a storage service that waits for questions and finds the same of each version. */
  async function answerOne(presence: Presence): Promise<string[]> {
    const { looks } = await house.coordination.awaitLooks({ volumeId })
    for (const { versionId, time } of looks)
      await told(versionId, presence, { wantedTime: time, found: 'gone' })
    return looks.map(({ versionId }) => versionId)
  }
  const untilListening = (): Promise<unknown> =>
    waitUntil(
      async () =>
        (await house.db.selectFrom('volumes').select('listensAt').executeTakeFirstOrThrow()).listensAt !==
        null,
      { what: 'storage waits for questions' },
    )
  const start = (more: Partial<catalog.StartDeploymentRequest> = {}) =>
    house.deployments.start({
      imageId: 'lab',
      target: { $case: 'machine', value: catalog.Machine.fromPartial({ serial: 'LOOK-1' }) },
      ...more,
    })

  test('is asked for before a promotion, which is refused when the bytes are gone', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    const answering = answerOne('MISSING')
    await untilListening()
    await expect(house.images.promote({ imageId: 'lab', versionId })).rejects.toEqual(
      reason('VERSION_MISSING'),
    )
    expect(await answering).toEqual([versionId])
    expect(await shown(versionId)).toEqual({ presence: 'MISSING', found: 'gone' })
  })

  test('that finds damage has the digests compared, refuses new deployments, and names the last good one', async () => {
    const good = await validVersion(house, 'lab', volumeId)
    const { versionId, number } = await validVersion(house, 'lab', volumeId)
    await house.db.updateTable('volumes').set({ listensAt: null }).execute()
    await house.images.promote({ imageId: 'lab', versionId: good.versionId })
    await house.images.promote({ imageId: 'lab', versionId })
    await told(versionId, 'DAMAGED', { found: 'hd0/part1.winpe.wim: expected 9 bytes, found none' })
    await openJobId(house, 'validate', versionId)
    expect(await shown(versionId)).toMatchObject({ presence: 'DAMAGED' })
    await expect(start()).rejects.toMatchObject({
      reason: 'PRIMARY_DAMAGED',
      message: expect.stringContaining(`lab@${number} (${versionId}) cannot be deployed`) as unknown,
      metadata: { last_good_version_id: good.versionId },
    })
    await expect(start({ force: true })).rejects.toEqual(reason('INVALID_FIELD'))
    await start({ force: true, reason: 'there is no other' })
    await told(versionId, 'MISSING')
    await expect(start({ force: true, reason: 'there is no other' })).rejects.toEqual(
      reason('PRIMARY_MISSING'),
    )
  })

  test('that nobody asked for does not answer a later question', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    const ask = async () => {
      const waiting = house.coordination.awaitLooks({ volumeId })
      await untilListening()
      await wantLooks(house.db, [versionId])
      return (await waiting).looks
    }
    const [first] = await ask()
    const { manifestDigest } = await versionOf(house, versionId)
    await told(versionId, 'PRESENT', { manifestDigest })
    expect((await house.coordination.awaitLooks({ volumeId })).looks).toEqual([first])
    await told(versionId, 'PRESENT', { manifestDigest, wantedTime: first?.time })
    expect(await isLookAwaited(house.db, [versionId])).toBe(false)
  })

  test('that is reported for a version which the volume never had changes nothing', async () => {
    await told('20261122T181502Z-zzzz', 'MISSING')
    expect((await house.volumes.list({})).volumes[0]?.troubles.join()).not.toContain('zzzz')
  })
})
