import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { openJobId, schema, sealVersion, useLab, validVersion } from './support/versions.js'

/** The process of the catalog is an hour ahead of its database; nobody is to notice. */
const hourMs = 3_600_000

describe('clocks that differ from that of the database', () => {
  const { house, volumeId } = useLab()
  const hours = (count: number) => new Date(Date.now() + count * hourMs)
  const volume = async () => {
    const { volumes } = await house.volumes.list({})
    return volumes.find((one) => one.volumeId === volumeId)
  }

  afterEach(() => {
    jest.restoreAllMocks()
  })

  test('are told of a storage service as soon as it reports, until they agree', async () => {
    const room = { capacityBytes: 10n ** 12n, freeBytes: 10n ** 12n }
    const registration = { volumeId, address: '127.0.0.1:7461', ...room, clockTime: hours(3) }
    await house.coordination.registerVolume(registration)
    const registered = await volume()
    expect(Math.abs(Number(registered?.clockAhead) - 10_800)).toBeLessThan(10)
    expect(registered?.troubles).toEqual([
      'the clock of its storage service is 3 h ahead of the clock of the database; set the clock that is wrong',
    ])
    await house.coordination.reportProgress({ volumeId, clockTime: hours(-1) })
    expect((await volume())?.troubles.join()).toMatch(/is 60 min behind the clock of the database/)
    await house.coordination.reportProgress({ volumeId, clockTime: new Date() })
    expect((await volume())?.troubles).toEqual([])
  })

  test('are told of a worker that asks for work, and of the catalog', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    const clockTime = hours(-30)
    await house.coordination.claimJob({ jobId, workerId: 'late', capabilities: [], clockTime })
    await house.coordination.claimJob({ jobId, workerId: 'exact', capabilities: [], clockTime: new Date() })
    expect((await house.volumes.list({})).troubles).toEqual([
      'the clock of worker late is 30 h behind the clock of the database; set the clock that is wrong',
    ])
    const realNow = Date.now
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + hourMs)
    expect((await house.volumes.list({})).troubles).toEqual([
      'the clock of the catalog is 60 min ahead of the clock of the database; set the clock that is wrong',
      expect.stringContaining('worker late'),
    ])
  })

  test('are told however far they are off', async () => {
    const clockTime = new Date('+275760-09-13T00:00:00Z')
    await house.coordination.reportProgress({ volumeId, clockTime })
    expect((await volume())?.troubles.join()).toMatch(/days ahead/)
    await house.coordination.reportProgress({ volumeId, clockTime: new Date() })
  })
})

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
