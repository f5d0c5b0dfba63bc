import { newVolumeId } from '@goldkeep/domain'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { manifestOf, schema, useLab } from './support/versions.js'

const servedElsewhere = { reason: 'VOLUME_SERVED_ELSEWHERE' }

describe('a volume and a copy of it that are served at once', () => {
  const { house } = useLab()
  let volumeId: string
  const room = { capacityBytes: 10n ** 12n, freeBytes: 10n ** 12n }
  const original = { instanceId: 'original', address: '10.0.0.1:7461' }
  const copy = { instanceId: 'copy', address: '10.0.0.2:7461' }
  const register = (service: typeof original) =>
    house.coordination.registerVolume({ volumeId, ...room, ...service })
  const report = ({ instanceId }: typeof original, stopping = false) =>
    house.coordination.reportProgress({ volumeId, instanceId, stopping })
  const shown = async () =>
    (await house.volumes.list({})).volumes.find((volume) => volume.volumeId === volumeId)
  const silent = (span: string) =>
    house.db
      .updateTable('volumes')
      .set({ lastSeenAt: sql<Date>`now() - ${span}::interval` })
      .where('volumeId', '=', volumeId)
      .execute()

  beforeEach(async () => {
    // Those of the other tests stand at the same addresses.
    await house.db.updateTable('volumes').set({ address: 'elsewhere:7461' }).execute()
    volumeId = newVolumeId()
    await register(original)
  })

  test('stays with the service that reports, and people are told of the other', async () => {
    await expect(register(copy)).rejects.toMatchObject(servedElsewhere)
    expect(await shown()).toMatchObject({
      address: original.address,
      troubles: [
        expect.stringMatching(
          /second storage service, at 10\.0\.0\.2:7461, .*one of their directories is a copy/,
        ),
      ],
    })
    await report(original)
    await expect(report(copy)).rejects.toMatchObject(servedElsewhere)
  })

  test('goes to the other when the first has been silent, whose reports and seals are refused from then on', async () => {
    await silent('11 seconds')
    await register(copy)
    expect(await shown()).toMatchObject({ address: copy.address, troubles: [] })
    await expect(report(original)).rejects.toMatchObject(servedElsewhere)
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const versionId = upload?.versionId ?? ''
    const manifest = await manifestOf(house, versionId, volumeId)
    const seal = { volumeId, versionId, manifest, instanceId: original.instanceId }
    await expect(house.coordination.recordSealed(seal)).rejects.toMatchObject(servedElsewhere)
    await expect(register(original)).rejects.toMatchObject(servedElsewhere)
  })

  test('goes to the next service at once when the last one has stopped in order, or is started again where it was', async () => {
    await report(original, true)
    await register(copy)
    expect(await shown()).toMatchObject({ address: copy.address })
    await register({ ...copy, instanceId: 'copy, started again' })
    expect(await shown()).toMatchObject({ address: copy.address, troubles: [] })
  })
})
