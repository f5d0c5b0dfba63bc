import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { schema, useLab, validVersion } from './support/versions.js'

/** The process of the catalog is an hour ahead of its database; nobody is to notice. */
const hourMs = 3_600_000

describe('the clock of the house', () => {
  const { house, volumeId } = useLab()
  const realNow = Date.now

  afterEach(() => {
    jest.restoreAllMocks()
  })

  const runAhead = () => jest.spyOn(Date, 'now').mockImplementation(() => realNow() + hourMs)

  test('is told with the volumes', async () => {
    const before = realNow()
    runAhead()
    const { serverTime } = await house.volumes.list({})
    expect(serverTime?.getTime()).toBeGreaterThanOrEqual(before - 1_000)
    expect(serverTime?.getTime()).toBeLessThan(before + hourMs / 2)
  })

  test('is the clock of the database, by which uploads and deployments expire', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    await house.images.promote({ imageId: 'lab', versionId })
    runAhead()
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    expect(upload?.expiresIn).toBe(86_400n)
    const target = { $case: 'machine' as const, value: catalog.Machine.fromPartial({ serial: 'CLOCK-1' }) }
    const { deployment } = await house.deployments.start({ imageId: 'lab', target })
    expect(deployment?.expiresIn).toBeGreaterThan(14_300n)
    const { deployments } = await house.deployments.list({ imageId: 'lab' })
    expect(deployments[0]?.expiresIn).toBeGreaterThan(14_300n)
  })
})
