import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { sql } from 'kysely'
import { sweep } from '../src/operations/sweep.js'
import { reason } from './support/reason.js'
import { claim, openJobId, schema, sealVersion, useLab, validVersion, worker } from './support/versions.js'

/** Rows are given the times that they would have, had the clock of the database been set by an hour since. */
describe('when the clock of the database is set', () => {
  const { house, volumeId } = useLab()
  const newJob = async () =>
    openJobId(house, 'validate', (await sealVersion(house, 'lab', volumeId)).versionId)
  const move = async (jobId: string, hours: number) => {
    await sql`update jobs set claim_expires_at = claim_expires_at + ${hours} * interval '1 hour',
      updated_at = updated_at + ${hours} * interval '1 hour', run_after = run_after + ${hours} * interval '1 hour',
      enqueued_at = enqueued_at + ${hours} * interval '1 hour' where job_id = ${jobId}`.execute(house.db)
    await sql`update outbox set deliver_at = deliver_at + ${hours} * interval '1 hour'
      where job_id = ${jobId} and relayed_at is null`.execute(house.db)
  }
  const look = () => sweep(house.db, { requeueAfterMs: 60_000, uploadExpiryMs: 60_000 })
  const tellings = (jobId: string) =>
    house.db.selectFrom('outbox').select('relayedAt').where('jobId', '=', jobId).execute()
  const areRelayed = async (jobId: string) => (await tellings(jobId)).every(({ relayedAt }) => relayedAt)
  const relayed = (jobId: string) =>
    waitUntil(() => areRelayed(jobId), { what: 'the queue is told of the job' })

  test('back, the claim of a dead worker is held no hour longer', async () => {
    const jobId = await newJob()
    const dead = await claim(house, jobId)
    await move(jobId, 1)
    const next = await claim(house, jobId)
    expect(next.claimToken).not.toBe(dead.claimToken)
    const late = house.coordination.renewClaim({ jobId, claimToken: dead.claimToken })
    await expect(late).rejects.toEqual(reason('CLAIM_LOST'))
    const { outcome } = await house.coordination.claimJob({ jobId, ...worker })
    expect(outcome).toMatchObject({ value: catalog.ClaimRefusal.CLAIM_REFUSAL_HELD })
  })

  test('back, the claim of a living worker stands from its next renewal', async () => {
    const jobId = await newJob()
    const { claimToken } = await claim(house, jobId)
    await move(jobId, 1)
    await house.coordination.renewClaim({ jobId, claimToken })
    const { outcome } = await house.coordination.claimJob({ jobId, ...worker })
    expect(outcome).toMatchObject({ value: catalog.ClaimRefusal.CLAIM_REFUSAL_HELD })
  })

  test('back, a job that the queue lost is put back once', async () => {
    const jobId = await newJob()
    await relayed(jobId)
    await claim(house, jobId)
    await move(jobId, 1)
    const before = (await tellings(jobId)).length
    await look()
    await relayed(jobId)
    await look()
    expect(await tellings(jobId)).toHaveLength(before + 1)
  })

  test('back, a job that was to wait for seconds does not wait for an hour', async () => {
    const jobId = await newJob()
    await relayed(jobId)
    await house.coordination.claimJob({ jobId, workerId: 'worker-2', capabilities: [] })
    await move(jobId, 1)
    await relayed(jobId)
  })

  test('forward, claims lapse and count no more, while uploads and deployments go on', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    await house.images.promote({ imageId: 'lab', versionId })
    const target = { $case: 'machine' as const, value: catalog.Machine.fromPartial({ serial: 'FORWARD' }) }
    const { deployment } = await house.deployments.start({ imageId: 'lab', target })
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const jobId = await newJob()
    const { claimToken } = await claim(house, jobId)
    await move(jobId, -1)
    await sql`update uploads set expires_at = expires_at - interval '1 hour'`.execute(house.db)
    await sql`update deployments set lease_until = lease_until - interval '1 hour',
      limit_at = limit_at - interval '1 hour'`.execute(house.db)
    await look()
    await expect(house.coordination.renewClaim({ jobId, claimToken })).rejects.toEqual(reason('CLAIM_LOST'))
    await house.uploads.issueTicket({ versionId: upload?.versionId ?? '' })
    await house.deployments.renew({ deploymentId: deployment?.deploymentId ?? '' })
  })
})
