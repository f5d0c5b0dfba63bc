import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { sql } from 'kysely'
import { getHouse, raiseEpochAbove } from '../src/db/house-queries.js'
import { requestUploadEnd } from '../src/operations/request-upload-end.js'
import { deriveMissingJobs } from '../src/operations/sweep-jobs.js'
import { systemActor } from '../src/domain/actor.js'
import { reason } from './support/reason.js'
import {
  claim,
  findings,
  openJobId,
  schema,
  sealVersion,
  useLab,
  validate,
  validVersion,
  versionOf,
  worker,
} from './support/versions.js'

const { ClaimRefusal, Lifecycle, Verdict } = catalog
const { house, volumeId } = useLab()

const past = () => sql<Date>`now() - interval '1 second'`
const rowOf = (jobId: string) =>
  house.db.selectFrom('jobs').selectAll().where('jobId', '=', jobId).executeTakeFirstOrThrow()
const publicationOf = (imageUid: string) =>
  house.db.selectFrom('publications').selectAll().where('imageUid', '=', imageUid).executeTakeFirstOrThrow()
const setPart = (imageUid: string, part: unknown) =>
  house.db
    .updateTable('publications')
    .set({ part: JSON.stringify(part) })
    .where('imageUid', '=', imageUid)
    .execute()
const setJob = (jobId: string, changes: Record<string, unknown>) =>
  house.db.updateTable('jobs').set(changes).where('jobId', '=', jobId).execute()
const setVersion = (versionId: string, changes: Record<string, unknown>) =>
  house.db.updateTable('versions').set(changes).where('versionId', '=', versionId).execute()
/** Each time that the queue is told of the job: after how many seconds. */
async function waitsOf(jobId: string): Promise<number[]> {
  const rows = await house.db
    .selectFrom('outbox')
    .select(sql<number>`extract(epoch from deliver_at - created_at)::float8`.as('seconds'))
    .where('jobId', '=', jobId)
    .orderBy('ordinal')
    .execute()
  return rows.map(({ seconds }) => seconds)
}
const refusalOf = async (jobId: string, claimant = worker) => {
  const { outcome } = await house.coordination.claimJob({ jobId, ...claimant })
  return outcome?.$case === 'refusal' ? outcome.value : undefined
}

describe('a claim', () => {
  test('of a job that failed for good is refused, though its work is still to be done', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.failJob({ jobId, claimToken, error: 'no such volume', permanent: true })
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
    expect((await rowOf(jobId)).state).toBe('failed')
  })

  test('of a job with nothing left to do ends the job', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    await house.db
      .updateTable('versions')
      .set({ verdict: 'VALID', verdictAt: sql`now()` })
      .where('versionId', '=', versionId)
      .execute()
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
    expect((await rowOf(jobId)).state).toBe('done')
  })

  test('of a publication that is on the volume already ends the job', async () => {
    const image = await house.images.create({ imageId: 'published' })
    await sealVersion(house, 'published', volumeId)
    const jobId = await openJobId(house, 'publish', `${image.uid}/${volumeId}`)
    await house.db
      .updateTable('publications')
      .set({ publishedGeneration: sql`wanted_generation` })
      .where('imageUid', '=', image.uid)
      .execute()
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
    expect((await rowOf(jobId)).state).toBe('done')
  })

  test.each([
    ['expiry says for how long no byte may have come', 'EXPIRED', 86_400n],
    ['abort asks for no silence', 'ABORTED', 0n],
  ] as const)('of an %s', async (_what, pendingOutcome, idleSeconds) => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const versionId = upload?.versionId ?? ''
    await house.uploads.abort({ versionId })
    await house.db
      .updateTable('versions')
      .set({ pendingOutcome })
      .where('versionId', '=', versionId)
      .execute()
    const { work } = await claim(house, await openJobId(house, 'end-upload', versionId))
    expect(work).toMatchObject({ $case: 'endUpload', value: { versionId, idleSeconds } })
  })

  test('by a worker that cannot do it has the queue told again, after a while', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    const incapable = { workerId: 'worker-2', capabilities: [] }
    expect(await refusalOf(jobId, incapable)).toBe(ClaimRefusal.CLAIM_REFUSAL_INCAPABLE)
    const [first, later] = await waitsOf(jobId)
    expect(first).toBe(0)
    expect(later).toBeGreaterThan(1)
  })
})

describe('a validation', () => {
  test('of a version that went to the trash before it was begun has nothing left to do', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    await setVersion(versionId, { lifecycle: 'TRASHED' })
    expect(await refusalOf(jobId)).toBe(ClaimRefusal.CLAIM_REFUSAL_DONE)
    expect((await rowOf(jobId)).state).toBe('done')
  })

  test('of a version that went to the trash meanwhile leaves the verdict as it is', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    const { claimToken } = await claim(house, jobId)
    await setVersion(versionId, { lifecycle: 'TRASHED' })
    const report = { jobId, claimToken, versionId, volumeId, findings: findings() }
    const { verdict } = await house.coordination.reportFindings(report)
    expect(verdict).toBe(Verdict.VERDICT_PENDING)
    expect((await versionOf(house, versionId)).verdict).toBe(Verdict.VERDICT_PENDING)
  })

  test('of a check that could not be judged has the queue told again, after a while', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    const jobId = await openJobId(house, 'validate', versionId)
    await validate(house, versionId, { 'wim-content': 'ERROR' })
    expect(await waitsOf(jobId)).toEqual([0, 1])
  })
})

describe('what a worker confirms', () => {
  test('of a publication is refused once another holds the job, and changes nothing', async () => {
    const image = await house.images.create({ imageId: 'lost-claim' })
    await sealVersion(house, 'lost-claim', volumeId)
    const jobId = await openJobId(house, 'publish', `${image.uid}/${volumeId}`)
    const first = await claim(house, jobId)
    await setJob(jobId, { claimExpiresAt: past() })
    await claim(house, jobId)
    const before = await publicationOf(image.uid)
    const late = { jobId, claimToken: first.claimToken }
    await expect(house.coordination.confirmCommand(late)).rejects.toEqual(reason('CLAIM_LOST'))
    expect(await publicationOf(image.uid)).toEqual(before)
    expect((await rowOf(jobId)).state).toBe('open')
  })

  test('of the end of an upload is refused once another holds the job, and changes nothing', async () => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const versionId = upload?.versionId ?? ''
    await house.uploads.abort({ versionId })
    const jobId = await openJobId(house, 'end-upload', versionId)
    const { claimToken } = await claim(house, jobId)
    await setJob(jobId, { claimExpiresAt: past() })
    await claim(house, jobId)
    const late = { jobId, claimToken, outcome: Lifecycle.LIFECYCLE_ABORTED }
    await expect(house.coordination.confirmCommand(late)).rejects.toEqual(reason('CLAIM_LOST'))
    expect((await rowOf(jobId)).state).toBe('open')
    const version = await house.versions.get({ by: { $case: 'versionId', value: versionId } })
    expect(version.lifecycle).toBe(Lifecycle.LIFECYCLE_UPLOADING)
  })

  // A claim that reads before the epoch is raised, and writes afterwards, leaves its part behind.
  test.each(['before', 'while'] as const)(
    'of a publication given out %s the epoch was raised does not count',
    async (givenOut) => {
      const imageId = `given-out-${givenOut}`
      const image = await house.images.create({ imageId })
      await validVersion(house, imageId, volumeId)
      const jobId = await openJobId(house, 'publish', `${image.uid}/${volumeId}`)
      const { claimToken } = await claim(house, jobId)
      const { part } = await publicationOf(image.uid)
      await house.db.transaction().execute(async (trx) => raiseEpochAbove(trx, (await getHouse(trx)).epoch))
      if (givenOut === 'while') await setPart(image.uid, part)
      await house.coordination.confirmCommand({ jobId, claimToken })
      expect(await publicationOf(image.uid)).toMatchObject({ publishedGeneration: 0, baseDigest: null })
      expect((await rowOf(jobId)).state).toBe('open')
    },
  )
})

test('a renewal brings the lease of a deployment back', async () => {
  const { versionId } = await validVersion(house, 'lab', volumeId)
  await house.images.promote({ imageId: 'lab', versionId })
  const target = { $case: 'machine' as const, value: catalog.Machine.fromPartial({ serial: 'RENEWS-1' }) }
  const orders = await house.deployments.start({ imageId: 'lab', target })
  const deploymentId = orders.deployment?.deploymentId ?? ''
  await house.db
    .updateTable('deployments')
    .set({ leaseUntil: past() })
    .where('deploymentId', '=', deploymentId)
    .execute()
  const renewed = await house.deployments.renew({ deploymentId })
  expect(Number(renewed.expiresIn)).toBeGreaterThan(60)
})

test('an expiry does not take the place of an abort', async () => {
  const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
  const versionId = upload?.versionId ?? ''
  await house.uploads.abort({ versionId })
  const rowOfVersion = () =>
    house.db
      .selectFrom('versions')
      .select(['pendingOutcome', 'pendingOpSeq'])
      .where('versionId', '=', versionId)
      .executeTakeFirstOrThrow()
  const before = await rowOfVersion()
  await house.db
    .transaction()
    .execute((trx) => requestUploadEnd(trx, versionId, 'EXPIRED', systemActor, 'no bytes for too long'))
  expect(before.pendingOutcome).toBe('ABORTED')
  expect(await rowOfVersion()).toEqual(before)
})

test('a sweep leaves a job that failed for good alone for an hour, then opens it again', async () => {
  const { versionId } = await sealVersion(house, 'lab', volumeId)
  const jobId = await openJobId(house, 'validate', versionId)
  const { claimToken } = await claim(house, jobId)
  await house.coordination.failJob({ jobId, claimToken, error: 'no such volume', permanent: true })
  await deriveMissingJobs(house.db)
  expect((await rowOf(jobId)).state).toBe('failed')
  await setJob(jobId, { updatedAt: sql<Date>`now() - interval '61 minutes'` })
  await deriveMissingJobs(house.db)
  expect((await rowOf(jobId)).state).toBe('open')
})
