import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { useTestCatalog } from './support/test-catalog.js'
import { recordSealed, registerVolume, schema, validate, wimPath } from './support/versions.js'

const { Lifecycle, Presence, Verdict, DeploymentState } = catalog

describe('the main job', () => {
  const house = useTestCatalog()

  test('an upload becomes a version, is validated, promoted and deployed', async () => {
    const volumeId = await registerVolume(house)
    const image = await house.images.create({ imageId: 'win11-lab', labels: { room: '12' } })
    expect(image).toMatchObject({ imageId: 'win11-lab', environment: 'winpe', type: 'file', enabled: true })

    const begun = await house.uploads.begin({ imageId: 'win11-lab', schema, source: { serial: 'PC-0001' } })
    expect(begun.expectedFiles.map((file) => file.pattern)).toEqual([wimPath])
    expect(begun.ticket?.token).toMatch(/^ey/)
    expect(begun.upload).toMatchObject({ lifecycle: Lifecycle.LIFECYCLE_UPLOADING, number: 1 })
    const versionId = begun.upload?.versionId ?? ''

    await recordSealed(house, versionId, volumeId)
    expect(await validate(house, versionId)).toBe(Verdict.VERDICT_VALID)

    const promoted = await house.images.promote({ imageId: 'win11-lab', versionId, reason: 'first' })
    expect(promoted.change).toMatchObject({ toVersionId: versionId, toNumber: 1, reason: 'first' })
    expect(promoted.change?.actor).toMatchObject({ kind: 'user', name: 'admin' })
    expect(await house.images.getPrimary({ imageId: 'WIN11-LAB' })).toMatchObject({
      versionId,
      number: 1,
      presence: Presence.PRESENCE_PRESENT,
    })

    const orders = await house.deployments.start({
      imageId: 'win11-lab',
      target: { $case: 'machine', value: { serial: 'PC-0002' } },
    })
    expect(orders.deployment).toMatchObject({ versionId, state: DeploymentState.DEPLOYMENT_STATE_OPEN })
    expect(orders.sharePath).toBe(`images/win11-lab/versions/${versionId}`)
    expect(orders.files.map((file) => file.path)).toEqual(['schema', wimPath])
    expect(Buffer.from(orders.schema)).toEqual(schema)
    expect(orders.volume?.volumeId).toBe(volumeId)
  })
})
