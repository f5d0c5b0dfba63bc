import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { sql } from 'kysely'
import { reason } from './support/reason.js'
import { sweepOnce } from './support/test-database.js'
import {
  claim,
  findings,
  openJobId,
  sealVersion,
  useLab,
  validate,
  versionOf,
  worker,
} from './support/versions.js'

const { ClaimRefusal, FindingVerdict, Verdict } = catalog

describe('jobs', () => {
  const { house, volumeId } = useLab()

  const letClaimLapse = (jobId: string) =>
    house.db
      .updateTable('jobs')
      .set({ claimExpiresAt: sql<Date>`now() - interval '1 second'` })
      .where('jobId', '=', jobId)
      .execute()
  const sealed = async () => (await sealVersion(house, 'lab', volumeId)).versionId
  const refusalOf = async (jobId: string, claimant = worker) => {
    const { outcome } = await house.coordination.claimJob({ jobId, ...claimant })
    return outcome?.$case === 'refusal' ? outcome.value : undefined
  }

  test('a job is held by one worker at a time', async () => {
    const jobId = await openJobId(house, 'validate', await sealed())
    const outcomes = await Promise.all([1, 2, 3].map(() => house.coordination.claimJob({ jobId, ...worker })))
    expect(outcomes.filter(({ outcome }) => outcome?.$case === 'claim')).toHaveLength(1)
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_HELD)
    const { jobs } = await house.jobs.list({})
    expect(jobs.find((job) => job.jobId === jobId)).toMatchObject({ state: 'claimed', workerId: 'worker-1' })
  })

  test('a claim says what is to be done now', async () => {
    const versionId = await sealed()
    const { work, leaseSeconds } = await claim(house, await openJobId(house, 'validate', versionId))
    expect(leaseSeconds).toBe(30n)
    expect(work).toMatchObject({ $case: 'validate', value: { versionId, imageId: 'lab', volumeId } })
  })

  test('a validation goes to a worker that can read the volume', async () => {
    const jobId = await openJobId(house, 'validate', await sealed())
    const reading = (volume: string) => ({ ...worker, capabilities: ['wimlib', `volume:${volume}`] })
    expect(await refusalOf(jobId, reading('vol-of-another'))).toBe(ClaimRefusal.CLAIM_REFUSAL_INCAPABLE)
    expect(await refusalOf(jobId, reading(volumeId))).toBeUndefined()
  })

  test('what a worker reports after its claim lapsed is refused', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.renewClaim({ jobId, claimToken })
    await letClaimLapse(jobId)
    const second = await claim(house, jobId)
    const late = { jobId, claimToken, versionId, findings: findings() }
    await expect(house.coordination.reportFindings(late)).rejects.toEqual(reason('CLAIM_LOST'))
    await expect(house.coordination.renewClaim({ jobId, claimToken })).rejects.toEqual(reason('CLAIM_LOST'))
    await expect(house.coordination.failJob({ jobId, claimToken })).rejects.toEqual(reason('CLAIM_LOST'))
    expect((await versionOf(house, versionId)).verdict).toBe(Verdict.VERDICT_PENDING)
    const { verdict } = await house.coordination.reportFindings({ ...late, claimToken: second.claimToken })
    expect(verdict).toBe(Verdict.VERDICT_VALID)
    await expect(house.coordination.reportFindings(late)).rejects.toEqual(reason('CLAIM_LOST'))
  })

  test('a claim that has lapsed counts no more, though nobody else has taken the job', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    await letClaimLapse(jobId)
    const late = { jobId, claimToken, versionId, findings: findings() }
    await expect(house.coordination.reportFindings(late)).rejects.toEqual(reason('CLAIM_LOST'))
    await expect(house.coordination.renewClaim({ jobId, claimToken })).rejects.toEqual(reason('CLAIM_LOST'))
    expect((await versionOf(house, versionId)).verdict).toBe(Verdict.VERDICT_PENDING)
  })

  test('findings count only for the version that was to be validated', async () => {
    const [versionId, other] = [await sealed(), await sealed()]
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    const report = { jobId, claimToken, versionId: other, findings: findings() }
    await expect(house.coordination.reportFindings(report)).rejects.toEqual(reason('INVALID_FIELD'))
    expect((await versionOf(house, other)).verdict).toBe(Verdict.VERDICT_PENDING)
    expect((await house.versions.getChecks({ versionId: other })).findings).toEqual([])
  })

  test('findings of a validation that ran when another was asked for do not decide', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    const early = await claim(house, jobId)
    await house.versions.revalidate({ versionId })
    const report = { jobId, versionId, findings: findings() }
    const ofEarly = house.coordination.reportFindings({ ...report, claimToken: early.claimToken })
    await expect(ofEarly).rejects.toEqual(reason('CLAIM_LOST'))
    expect((await versionOf(house, versionId)).verdict).toBe(Verdict.VERDICT_PENDING)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.reportFindings({ ...report, claimToken })
    expect((await versionOf(house, versionId)).verdict).toBe(Verdict.VERDICT_VALID)
  })

  test('a validation whose job is gone follows from the verdict that is open', async () => {
    const versionId = await sealed()
    await house.db.deleteFrom('jobs').where('subjectId', '=', versionId).execute()
    await sweepOnce(house.db)
    expect(await validate(house, versionId)).toBe(Verdict.VERDICT_VALID)
  })

  test('a worker without wimlib is not given WIM files', async () => {
    const jobId = await openJobId(house, 'validate', await sealed())
    const incapable = { workerId: 'worker-2', capabilities: [] }
    expect(await refusalOf(jobId, incapable)).toBe(ClaimRefusal.CLAIM_REFUSAL_INCAPABLE)
    await claim(house, jobId)
  })

  test('what is unknown or done has nothing left to do', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    await validate(house, versionId)
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
    expect(await refusalOf('job-of-another-database')).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
  })

  test('a check that could not be judged leaves the verdict open and is tried again', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    expect(await validate(house, versionId, { 'wim-content': 'ERROR' })).toBe(Verdict.VERDICT_PENDING)
    expect(await house.versions.getChecks({ versionId })).toMatchObject({ progress: 'retrying' })
    expect(await openJobId(house, 'validate', versionId)).toBe(jobId)
    expect(await validate(house, versionId)).toBe(Verdict.VERDICT_VALID)
    const { findings: kept } = await house.versions.getChecks({ versionId })
    expect(kept.some((finding) => finding.verdict === FindingVerdict.FINDING_VERDICT_ERROR)).toBe(false)
  })

  test('a validation is not confirmed as a command', async () => {
    const jobId = await openJobId(house, 'validate', await sealed())
    const { claimToken } = await claim(house, jobId)
    await expect(house.coordination.confirmCommand({ jobId, claimToken })).rejects.toEqual(
      reason('INVALID_FIELD'),
    )
  })

  test('a verdict is published', async () => {
    const versionId = await sealed()
    const before = (await house.images.get({ imageId: 'lab' })).generation
    await validate(house, versionId)
    expect((await house.images.get({ imageId: 'lab' })).generation).toBe(before + 1n)
  })

  test('a publication that was overtaken is done once more', async () => {
    const image = await house.images.create({ imageId: 'often' })
    const { versionId } = await sealVersion(house, 'often', volumeId)
    const subject = `${image.uid}/${volumeId}`
    const jobId = await openJobId(house, 'publish', subject)
    const first = await claim(house, jobId)
    if (first.work?.$case !== 'publish') throw new Error('expected a publication')
    expect(first.work.value).toMatchObject({
      imageId: 'often',
      primaryVersionId: '',
      volume: { volumeId },
    })
    await validate(house, versionId)
    await house.images.promote({ imageId: 'often', versionId })

    await house.coordination.confirmCommand({ jobId, claimToken: first.claimToken })
    const second = await claim(house, await openJobId(house, 'publish', subject))
    if (second.work?.$case !== 'publish') throw new Error('expected a publication')
    expect(second.work.value.primaryVersionId).toBe(versionId)
    const document: unknown = JSON.parse(Buffer.from(second.work.value.document).toString())
    expect(document).toMatchObject({ image: 'often', primary: versionId })

    await house.coordination.confirmCommand({ jobId, claimToken: second.claimToken })
    await expect(openJobId(house, 'publish', subject)).rejects.toThrow()
    const { jobs } = await house.jobs.list({ includeDone: true, pageSize: 1000 })
    expect(jobs.find((job) => job.jobId === jobId)).toMatchObject({ state: 'done', subjectId: 'often' })
  })

  test('a job that failed for good is shown with its last error', async () => {
    const jobId = await openJobId(house, 'validate', await sealed())
    const { claimToken } = await claim(house, jobId)
    await house.coordination.failJob({ jobId, claimToken, error: 'volume not mounted here', permanent: true })
    const { jobs } = await house.jobs.list({})
    expect(jobs.find((job) => job.jobId === jobId)).toMatchObject({
      state: 'failed',
      lastError: 'volume not mounted here',
    })
  })

  test('a job that failed for good is opened again when its work is called for anew', async () => {
    const versionId = await sealed()
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.failJob({ jobId, claimToken, error: 'volume not mounted here', permanent: true })
    await Promise.all([1, 2, 3].map(() => house.versions.revalidate({ versionId })))
    expect(await openJobId(house, 'validate', versionId)).toBe(jobId)
    const { jobs } = await house.jobs.list({ pageSize: 1000 })
    expect(jobs.filter((job) => job.subjectId === versionId)).toHaveLength(1)
    expect(await validate(house, versionId)).toBe(Verdict.VERDICT_VALID)
  })

  test('jobs are listed page by page, those that are done last', async () => {
    const seen: string[] = []
    let pageToken = ''
    do {
      const page = await house.jobs.list({ includeDone: true, pageSize: 2, pageToken })
      seen.push(...page.jobs.map((job) => `${job.state === 'done' ? 'done' : 'open'} ${job.jobId}`))
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.map((one) => one.slice(0, 4))).toEqual(
      [...seen]
        .map((one) => one.slice(0, 4))
        .sort()
        .reverse(),
    )
    const { jobs } = await house.jobs.list({ includeDone: true, pageSize: 1000 })
    expect(seen).toHaveLength(jobs.length)
  })
})
