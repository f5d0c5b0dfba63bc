import { catalog } from '@goldkeep/contracts'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { sweepOnce } from './support/test-database.js'
import { openJobId, sealVersion, useLab, validate, worker } from './support/versions.js'

const { ClaimRefusal, Verdict } = catalog

describe('a validation', () => {
  const { house, volumeId } = useLab()

  const sealed = async () => (await sealVersion(house, 'lab', volumeId)).versionId
  const refusalOf = async (jobId: string) => {
    const { outcome } = await house.coordination.claimJob({ jobId, ...worker })
    return outcome?.$case === 'refusal' ? outcome.value : undefined
  }

  test('that can never be judged is given up after its tries, and examined when somebody asks', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    const triesLeft = async (attempts: number) =>
      house.db.updateTable('jobs').set({ attempts }).where('jobId', '=', jobId).execute()
    await triesLeft(10)
    await validate(house, versionId, { 'wim-content': 'ERROR' })
    expect(await house.versions.getChecks({ versionId })).toMatchObject({ progress: 'retrying' })
    await validate(house, versionId, { 'wim-content': 'ERROR' })
    expect(await house.versions.getChecks({ versionId })).toMatchObject({
      verdict: Verdict.VERDICT_PENDING,
      progress: 'given up',
      fault: 'wim-content: wim-content was looked at',
    })
    await sql`update jobs set updated_at = now() - interval '2 days' where job_id = ${jobId}`.execute(
      house.db,
    )
    await sweepOnce(house.db)
    expect(await house.versions.getChecks({ versionId })).toMatchObject({ progress: 'given up' })
    await house.versions.revalidate({ versionId })
    expect(await house.versions.getChecks({ versionId })).toMatchObject({ progress: 'waiting', fault: '' })
    expect(await validate(house, versionId, { 'wim-content': 'ERROR' })).toBe(Verdict.VERDICT_PENDING)
    expect(await house.versions.getChecks({ versionId })).toMatchObject({ progress: 'retrying' })
    expect(await validate(house, versionId)).toBe(Verdict.VERDICT_VALID)
  })

  test('that ends its worker each time is given up too', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    await house.db.updateTable('jobs').set({ attempts: 12 }).where('jobId', '=', jobId).execute()
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
    expect(await house.versions.getChecks({ versionId })).toMatchObject({
      progress: 'given up',
      fault: 'no worker that examined it came to an end',
    })
  })
})
