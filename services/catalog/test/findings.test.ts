import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import {
  claim,
  findings,
  openJobId,
  registerVolume,
  sealVersion,
  useLab,
  validate,
  versionOf,
} from './support/versions.js'

const { Presence, Verdict } = catalog

describe('what a validation found of the bytes', () => {
  const { house, volumeId } = useLab()
  const sealed = async (): Promise<string> => (await sealVersion(house, 'lab', volumeId)).versionId

  test('bytes that differ from the manifest make the version damaged', async () => {
    const versionId = await sealed()
    expect(await validate(house, versionId, { digests: 'FAIL' })).toBe(Verdict.VERDICT_INVALID)
    expect((await versionOf(house, versionId)).presence).toBe(Presence.PRESENCE_DAMAGED)
  })

  test('damage on one volume says nothing about the bytes on another', async () => {
    const versionId = await sealed()
    const replica = await registerVolume(house)
    await house.db
      .insertInto('locations')
      .values({ versionId, volumeId: replica, presence: 'PRESENT' })
      .execute()
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    const report = {
      jobId,
      claimToken,
      versionId,
      volumeId: replica,
      findings: findings({ digests: 'FAIL' }),
    }
    await house.coordination.reportFindings(report)
    const { locations } = await versionOf(house, versionId)
    const presences = Object.fromEntries(locations.map((one) => [one.volumeId, one.presence]))
    expect(presences).toEqual({
      [volumeId]: Presence.PRESENCE_PRESENT,
      [replica]: Presence.PRESENCE_DAMAGED,
    })
  })

  test('bytes that went missing while they were examined stay missing', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    await house.db
      .updateTable('locations')
      .set({ presence: 'MISSING' })
      .where('versionId', '=', versionId)
      .execute()
    const report = { jobId, claimToken, versionId, volumeId, findings: findings() }
    await house.coordination.reportFindings(report)
    expect((await versionOf(house, versionId)).presence).toBe(Presence.PRESENCE_MISSING)
  })
})
