import { lifecycleWords, presenceWords } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { reason } from './support/reason.js'
import { openJobId, registerVolume, schema, sealVersion, useLab, versionOf } from './support/versions.js'

describe('a volume that is gone for good', () => {
  const { house, volumeId } = useLab()
  const fallSilent = (volume: string) =>
    house.db
      .updateTable('volumes')
      .set({ lastSeenAt: sql<Date>`now() - interval '2 hours'` })
      .where('volumeId', '=', volume)
      .execute()
  const shown = async (volume: string) =>
    (await house.volumes.list({})).volumes.find((one) => one.volumeId === volume)
  const retire = (volume: string) => house.volumes.retire({ volumeId: volume, reason: 'its disk burnt' })
  const announce = (volume: string) =>
    house.coordination.registerVolume({ volumeId: volume, address: '10.1.1.1:7461' })

  test('is retired only while it does not report, and with a reason', async () => {
    await expect(retire(volumeId)).rejects.toEqual(reason('VOLUME_REPORTS'))
    await expect(house.volumes.retire({ volumeId, reason: ' ' })).rejects.toEqual(reason('INVALID_FIELD'))
    await expect(retire('vol-0123456789abcdef')).rejects.toEqual(reason('VOLUME_NOT_FOUND'))
    expect((await shown(volumeId))?.retired).toBeUndefined()
  })

  test('has no versions, uploads, jobs or publications any more, and comes back by a person alone', async () => {
    const gone = await registerVolume(house)
    const { versionId } = await sealVersion(house, 'lab', gone)
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const uploading = upload?.versionId ?? ''
    await house.db.updateTable('uploads').set({ volumeId: gone }).where('versionId', '=', uploading).execute()
    await house.uploads.abort({ versionId: uploading })
    const { uid } = await house.images.get({ imageId: 'lab' })
    const publish = await openJobId(house, 'publish', `${uid}/${gone}`)
    const end = await openJobId(house, 'end-upload', uploading)
    await fallSilent(gone)

    const retired = await retire(gone)
    expect(retired).toMatchObject({ retired: { reason: 'its disk burnt' }, silent: false, lostCount: 1 })
    expect((await retire(gone)).retired?.time).toEqual(retired.retired?.time)
    expect(presenceWords.fromProto((await versionOf(house, versionId)).presence)).toBe('MISSING')
    expect(lifecycleWords.fromProto((await versionOf(house, uploading)).lifecycle)).toBe('ABORTED')
    const jobs = await house.db
      .selectFrom('jobs')
      .select('state')
      .where('jobId', 'in', [publish, end])
      .execute()
    expect(jobs).toEqual([{ state: 'done' }, { state: 'done' }])
    await house.versions.mark({ versionId, mark: 1, reason: 'a change that is published' })
    expect((await house.jobs.list({})).jobs.filter(({ jobId }) => jobId === publish)).toEqual([])

    await expect(announce(gone)).rejects.toEqual(reason('VOLUME_RETIRED'))
    await expect(house.coordination.reportProgress({ volumeId: gone })).rejects.toEqual(
      reason('VOLUME_RETIRED'),
    )
    expect((await shown(gone))?.troubles).toEqual([
      expect.stringMatching(/^it was retired at .* wanted to serve it at .* was refused/),
    ])

    await house.volumes.takeBack({ volumeId: gone, reason: 'the disk was found' })
    const { serverTime } = await announce(gone)
    const { manifestDigest } = await versionOf(house, versionId)
    const held = { versionId, imageId: 'lab', imageUid: uid, manifestDigest }
    const inventory = [{ volumeId: gone, lookTime: serverTime, versions: [held], complete: true }]
    for await (const answer of house.coordination.recordInventory(asStream(inventory)))
      expect(answer.missingVersionIds).toEqual([])
    expect(presenceWords.fromProto((await versionOf(house, versionId)).presence)).toBe('PRESENT')
    expect(await shown(gone)).toMatchObject({ retired: undefined, troubles: [], lostCount: 0 })
    const publications = await house.db.selectFrom('publications').select('volumeId').execute()
    expect(publications).toContainEqual({ volumeId: gone })
  })

  test('gets no upload, and does not stand in the way of a new one', async () => {
    const gone = await registerVolume(house)
    await fallSilent(gone)
    await retire(gone)
    const successor = await registerVolume(house)
    const address = (await shown(gone))?.address ?? ''
    await house.db.updateTable('volumes').set({ address }).where('volumeId', '=', successor).execute()
    expect((await shown(successor))?.troubles).toEqual([])
    await fallSilent(volumeId)
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    expect(upload?.volume?.volumeId).not.toBe(gone)
  })
})

async function* asStream<Message>(messages: readonly Message[]): AsyncGenerator<Message> {
  yield* messages
}
