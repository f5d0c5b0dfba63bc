import { catalog } from '@goldkeep/contracts'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { claim, openJobId, sealVersion, useLab, worker } from './support/versions.js'

const { house, volumeId } = useLab()

const troubles = async () => (await house.volumes.list({})).troubles
const letWait = (jobId: string) =>
  sql`update jobs set created_at = created_at - interval '2 minutes', run_after = run_after - interval '2 minutes'
    where job_id = ${jobId}`.execute(house.db)
const sealed = async () => {
  const { versionId } = await sealVersion(house, 'lab', volumeId)
  return openJobId(house, 'validate', versionId)
}

test('a validation for which no worker asks is a trouble after a minute, unless another is worked on', async () => {
  const jobId = await sealed()
  expect(await troubles()).toEqual([])
  await letWait(jobId)
  expect(await troubles()).toEqual([
    expect.stringMatching(
      /^a validation waits for a worker since .*no worker has asked for any; is one running/,
    ),
  ])
  await claim(house, await sealed())
  expect(await troubles()).toEqual([])
  await claim(house, jobId)
})

test('a validation that no worker can do tells what the last one lacked, until one does it', async () => {
  const jobId = await sealed()
  const elsewhere = { ...worker, capabilities: ['wimlib', 'volume:vol-0000000000000000'] }
  const { outcome } = await house.coordination.claimJob({ jobId, ...elsewhere })
  expect(outcome?.value).toBe(catalog.ClaimRefusal.CLAIM_REFUSAL_INCAPABLE)
  expect(await troubles()).toEqual([])
  await letWait(jobId)
  const lacked = `worker ${worker.workerId} does not have volume ${volumeId} mounted as its GOLDKEEP_VOLUME`
  expect(await troubles()).toEqual([expect.stringContaining(`${lacked}; start a worker that can do it`)])
  await claim(house, jobId)
  expect(await troubles()).toEqual([])
  const { jobs } = await house.jobs.list({})
  expect(jobs.find((job) => job.jobId === jobId)?.lastError).toBe('')
})
