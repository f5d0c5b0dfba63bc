import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { sql } from 'kysely'
import { reason } from './support/reason.js'
import { sweepOnce } from './support/test-database.js'
import {
  claim,
  openJobId,
  registerVolume,
  schema,
  sealVersion,
  useLab,
  validVersion,
  versionOf,
  worker,
} from './support/versions.js'

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
  const look = () => sweepOnce(house.db)
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

/** The times of rows are an hour ahead, as they are when the clock of the database is set back by an hour. */
describe('when the clock of the database is set back by an hour', () => {
  const { house, volumeId } = useLab()
  const ahead = sql<Date>`now() + interval '1 hour'`
  const secondsUntil = async (table: string, column: string, where: string): Promise<number> => {
    const { rows } = await sql<{ seconds: number }>`
      select extract(epoch from ${sql.ref(column)} - now())::float8 as seconds
      from ${sql.table(table)} where ${sql.raw(where)}`.execute(house.db)
    return rows[0]?.seconds ?? Number.NaN
  }

  test('a dead volume falls silent when its time is over, and not an hour later', async () => {
    const dead = await registerVolume(house)
    await house.db.updateTable('volumes').set({ lastSeenAt: ahead }).where('volumeId', '=', dead).execute()
    await sweepOnce(house.db)
    expect(await secondsUntil('volumes', 'last_seen_at', `volume_id = '${dead}'`)).toBeLessThanOrEqual(0)
  })

  test('its rival may serve the volume after seconds, and not after an hour', async () => {
    const moved = await registerVolume(house)
    const lastSeenAt = sql<Date>`now() + interval '1 hour'`
    await house.db
      .updateTable('volumes')
      .set({ lastSeenAt, instanceId: 'dead' })
      .where('volumeId', '=', moved)
      .execute()
    await sweepOnce(house.db)
    await sql`update volumes set last_seen_at = last_seen_at - interval '11 seconds'
      where volume_id = ${moved}`.execute(house.db)
    const successor = { volumeId: moved, address: '10.0.0.9:7461', instanceId: 'alive' }
    expect((await house.coordination.registerVolume(successor)).houseId).toBe(house.houseId)
  })

  test('an upload expires when its time is over, and none sooner', async () => {
    const begin = async () => (await house.uploads.begin({ imageId: 'lab', schema })).upload?.versionId ?? ''
    const [late, young] = [await begin(), await begin()]
    await sql`update uploads set expires_at = expires_at + interval '1 hour', last_byte_at = ${ahead}
      where version_id = ${late}`.execute(house.db)
    await sql`update uploads set expires_at = now() + interval '5 minutes' where version_id = ${young}`.execute(
      house.db,
    )
    await sweepOnce(house.db)
    const uploads = (versionId: string) => house.uploads.get({ versionId })
    expect((await uploads(late)).expiresIn).toBeLessThanOrEqual(86_400n)
    expect((await uploads(late)).expiresIn).toBeGreaterThan(86_000n)
    expect((await uploads(young)).expiresIn).toBeLessThanOrEqual(300n)
  })

  test('a deployment has its lease and its longest time, and no hour more', async () => {
    const { versionId } = await validVersion(house, 'lab', volumeId)
    await house.images.promote({ imageId: 'lab', versionId })
    const target = { $case: 'machine' as const, value: catalog.Machine.fromPartial({ serial: 'BACK' }) }
    const { deployment } = await house.deployments.start({ imageId: 'lab', target })
    const deploymentId = deployment?.deploymentId ?? ''
    await sql`update deployments set lease_until = lease_until + interval '1 hour',
      limit_at = limit_at + interval '1 hour', started_at = started_at + interval '1 hour', last_read_at = ${ahead}
      where deployment_id = ${deploymentId}`.execute(house.db)
    await sweepOnce(house.db)
    const until = (column: string) => secondsUntil('deployments', column, `deployment_id = '${deploymentId}'`)
    expect(await until('lease_until')).toBeLessThanOrEqual(14_400)
    expect(await until('lease_until')).toBeGreaterThan(14_000)
    expect(await until('limit_at')).toBeLessThanOrEqual(7 * 86_400)
    expect(await until('started_at')).toBeLessThanOrEqual(0)
    expect(await until('last_read_at')).toBeLessThanOrEqual(0)
  })

  test('a token ends when its time is over, and its use is noted again', async () => {
    const { token, secret } = await house.tokens.create({ name: 'short', role: 'admin', expiresIn: 60n })
    await house.as(secret).images.list({})
    const tokenId = token?.tokenId ?? ''
    await sql`update tokens set created_at = created_at + interval '1 hour', expires_at = expires_at + interval '1 hour',
      last_used_at = ${ahead} where token_id = ${tokenId}`.execute(house.db)
    await sweepOnce(house.db)
    expect(await secondsUntil('tokens', 'expires_at', `token_id = '${tokenId}'`)).toBeLessThanOrEqual(60)
    expect(await secondsUntil('tokens', 'last_used_at', `token_id = '${tokenId}'`)).toBeLessThanOrEqual(0)
  })

  test('work that failed for good is tried again an hour later, and not two', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    await sql`update jobs set state = 'failed', updated_at = ${ahead} where subject_id = ${versionId}`.execute(
      house.db,
    )
    await sweepOnce(house.db)
    expect(await secondsUntil('jobs', 'updated_at', `subject_id = '${versionId}'`)).toBeLessThanOrEqual(0)
  })

  test('an inventory whose look seems to begin later than now finds nothing missing, and is wanted again', async () => {
    const { versionId } = await sealVersion(house, 'lab', volumeId)
    async function* inventory() {
      yield { volumeId, lookTime: new Date(Date.now() + 3_600_000), complete: true }
    }
    const answers = house.coordination.recordInventory(inventory())
    await expect(answers[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    const { presence } = await versionOf(house, versionId)
    expect(presence).toBe(catalog.Presence.PRESENCE_PRESENT)
  })
})
