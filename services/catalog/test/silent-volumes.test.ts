import { catalog } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import {
  openJobId,
  registerVolume,
  schema,
  sealVersion,
  useLab,
  validVersion,
  worker,
} from './support/versions.js'

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

  test('is shown as silent, at once when another volume reports from its address', async () => {
    const atAddress = async (address: string, ago: string): Promise<string> => {
      const volume = await registerVolume(house)
      const lastSeenAt = sql<Date>`now() - ${ago}::interval`
      await house.db
        .updateTable('volumes')
        .set({ address, lastSeenAt })
        .where('volumeId', '=', volume)
        .execute()
      return volume
    }
    const shown = async (volumeId: string) =>
      (await house.volumes.list({})).volumes.find((volume) => volume.volumeId === volumeId)
    const dead = await atAddress('10.0.0.3:7461', '2 hours')
    expect(await shown(dead)).toMatchObject({
      silent: true,
      troubles: [expect.stringMatching(/^silent since \d{4}-.*is stopped, or its volume is not there$/)],
    })
    const alive = await atAddress('10.0.0.4:7461', '5 seconds')
    expect(await shown(alive)).toMatchObject({ silent: false, troubles: [] })
    const successor = await atAddress('10.0.0.4:7461', '1 second')
    expect(await shown(alive)).toMatchObject({
      silent: true,
      troubles: [
        expect.stringMatching(`volume ${successor} has reported from its address since`),
        expect.stringMatching(`one volume at the address 10.0.0.4:7461, found also ${successor}`),
      ],
    })
    expect(await shown(successor)).toMatchObject({
      silent: false,
      troubles: [expect.stringMatching(`found also ${alive}`)],
    })
  })

  test('is told where other machines cannot call the address that it tells', async () => {
    for (const address of ['0.0.0.0:7461', '[::]:7461']) {
      const volume = await registerVolume(house)
      await house.db.updateTable('volumes').set({ address }).where('volumeId', '=', volume).execute()
      const { volumes } = await house.volumes.list({})
      expect(volumes.find(({ volumeId: id }) => id === volume)?.troubles).toEqual([
        expect.stringContaining('set GOLDKEEP_STORAGE_ADVERTISE'),
      ])
    }
  })

  test('gets no upload and no command at once when another volume reports from its address', async () => {
    const address = '10.0.0.9:7461'
    const displaced = await registerVolume(house)
    await house.images.create({ imageId: 'displaced' })
    await sealVersion(house, 'displaced', displaced)
    const { uid } = await house.images.get({ imageId: 'displaced' })
    const jobId = await openJobId(house, 'publish', `${uid}/${displaced}`)
    const successor = await registerVolume(house)
    await house.db
      .updateTable('volumes')
      .set({ address })
      .where('volumeId', 'in', [displaced, successor])
      .execute()
    await house.db
      .updateTable('volumes')
      .set({ freeBytes: 10 ** 14, lastSeenAt: sql<Date>`now() - interval '2 seconds'` })
      .where('volumeId', '=', displaced)
      .execute()
    const { upload } = await house.uploads.begin({ imageId: 'displaced', schema })
    expect(upload?.volume?.volumeId).not.toBe(displaced)
    expect((await house.coordination.claimJob({ jobId, ...worker })).outcome).toEqual({
      $case: 'refusal',
      value: catalog.ClaimRefusal.CLAIM_REFUSAL_SILENT_VOLUME,
    })
  })

  test('is given no commands, and its jobs come again with its first report', async () => {
    const silent = await registerVolume(house)
    const fallSilent = () =>
      house.db
        .updateTable('volumes')
        .set({ lastSeenAt: sql<Date>`now() - interval '1 hour'` })
        .where('volumeId', '=', silent)
        .execute()
    await house.images.create({ imageId: 'waiting' })
    await sealVersion(house, 'waiting', silent)
    const { uid } = await house.images.get({ imageId: 'waiting' })
    const jobId = await openJobId(house, 'publish', `${uid}/${silent}`)
    const claimIt = async () => (await house.coordination.claimJob({ jobId, ...worker })).outcome
    const dueIn = async () => {
      const { rows } = await sql<{ seconds: number }>`
        select extract(epoch from max(deliver_at) - now())::float8 as seconds from outbox
        where job_id = ${jobId} and relayed_at is null`.execute(house.db)
      return rows[0]?.seconds
    }
    await fallSilent()
    expect(await claimIt()).toEqual({
      $case: 'refusal',
      value: catalog.ClaimRefusal.CLAIM_REFUSAL_SILENT_VOLUME,
    })
    expect(await dueIn()).toBeGreaterThan(60)
    await house.coordination.reportProgress({ volumeId: silent })
    expect(await dueIn()).toBeLessThanOrEqual(0)
    expect(await claimIt()).toMatchObject({ $case: 'claim' })
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
    for (const [missing, whole] of [
      [volumeId, replica],
      [replica, volumeId],
    ] as const) {
      const presence = sql<
        'MISSING' | 'PRESENT'
      >`case volume_id when ${missing} then 'MISSING' else 'PRESENT' end`
      await house.db.updateTable('locations').set({ presence }).where('versionId', '=', versionId).execute()
      await fallSilent(whole)
      expect(await volumeOfStart(`MISSING-${missing}`)).toBe(whole)
    }
    await fallSilent(undefined)
  })
})
