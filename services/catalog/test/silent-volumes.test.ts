import { catalog } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { registerVolume, schema, useLab, validVersion } from './support/versions.js'

describe('a volume that has fallen silent', () => {
  const { house, volumeId } = useLab()

  test('gets no upload, however much room it had', async () => {
    const dead = await registerVolume(house)
    const hear = (volume: string, ago: string, freeBytes: number) =>
      house.db
        .updateTable('volumes')
        .set({ lastSeenAt: sql<Date>`now() - ${ago}::interval`, freeBytes })
        .where('volumeId', '=', volume)
        .execute()
    await hear(dead, '30 days', 10 ** 13)
    await hear(volumeId, '0', 10 ** 12)
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    expect(upload?.volume?.volumeId).toBe(volumeId)
    await hear(volumeId, '30 days', 10 ** 12)
    await expect(house.uploads.begin({ imageId: 'lab', schema })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringMatching(`${volumeId} since \\d{4}-`) as unknown,
    })
    await hear(volumeId, '0', 10 ** 12)
  })

  test('serves no deployment where another holds the version', async () => {
    const replica = await registerVolume(house)
    const { imageId } = await house.images.create({ imageId: 'replicated' })
    const { versionId } = await validVersion(house, imageId, volumeId)
    await house.images.promote({ imageId, versionId })
    await house.db
      .insertInto('locations')
      .values({ versionId, volumeId: replica, presence: 'PRESENT' })
      .execute()
    const fallSilent = (silent: string | undefined) =>
      house.db
        .updateTable('volumes')
        .set((of) => ({
          lastSeenAt: of
            .case()
            .when('volumeId', '=', silent ?? '')
            .then(sql<Date>`now() - interval '30 days'`)
            .else(sql<Date>`now()`)
            .end(),
        }))
        .execute()
    const volumeOfStart = async (serial: string) => {
      const orders = await house.deployments.start({
        imageId,
        target: { $case: 'machine', value: catalog.Machine.fromPartial({ serial }) },
      })
      return orders.volume?.volumeId
    }
    await fallSilent(volumeId)
    expect(await volumeOfStart('REPLICA-1')).toBe(replica)
    await fallSilent(replica)
    expect(await volumeOfStart('REPLICA-2')).toBe(volumeId)
    await fallSilent(undefined)
  })
})
