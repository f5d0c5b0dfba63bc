import { catalog, presenceWords } from '@goldkeep/contracts'
import type { Presence } from '@goldkeep/domain'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { reason } from './support/reason.js'
import {
  claim,
  findings,
  openJobId,
  registerVolume,
  schema,
  useLab,
  validVersion,
  versionOf,
} from './support/versions.js'

const { house, volumeId } = useLab()

const look = (versionId: string, presence: Presence, more: Partial<catalog.LookedAtVersion> = {}) =>
  house.coordination.reportVersions({
    volumeId,
    lookedAt: [
      { versionId, imageId: 'lab', presence: presenceWords.toProto(presence), found: 'gone', ...more },
    ],
  })
const shown = async (versionId: string) =>
  presenceWords.fromProto((await versionOf(house, versionId)).presence)
const valid = () => validVersion(house, 'lab', volumeId)
const start = (serial: string) =>
  house.deployments.start({
    imageId: 'lab',
    target: { $case: 'machine', value: catalog.Machine.fromPartial({ serial }) },
  })

describe('a look', () => {
  test('that finds a file written to since the last one has the digests compared', async () => {
    const { versionId } = await valid()
    const { manifestDigest } = await versionOf(house, versionId)
    await look(versionId, 'PRESENT', { manifestDigest, fingerprint: 'one' })
    await look(versionId, 'PRESENT', { manifestDigest, fingerprint: 'two' })
    const { work } = await claim(house, await openJobId(house, 'validate', versionId))
    expect(work).toMatchObject({ $case: 'validate', value: { versionId } })
  })

  test('that cannot read the version is told until one can', async () => {
    const { versionId } = await valid()
    const { manifestDigest } = await versionOf(house, versionId)
    await look(versionId, 'UNREADABLE')
    expect(await shown(versionId)).toBe('UNREADABLE')
    await look(versionId, 'PRESENT', { manifestDigest, fingerprint: 'one' })
    expect(await shown(versionId)).toBe('PRESENT')
  })

  test('at what lies in the trash decides nothing', async () => {
    const { versionId } = await valid()
    await house.db
      .updateTable('versions')
      .set({ lifecycle: 'TRASHED' })
      .where('versionId', '=', versionId)
      .execute()
    await look(versionId, 'MISSING')
    expect(await shown(versionId)).toBe('PRESENT')
  })
})

test('a machine that got other bytes ends the validation that began before', async () => {
  const { versionId } = await valid()
  await house.images.promote({ imageId: 'lab', versionId })
  const { deployment } = await start('OTHER-BYTES')
  await house.versions.revalidate({ versionId })
  const jobId = await openJobId(house, 'validate', versionId)
  const { claimToken } = await claim(house, jobId)
  const deploymentId = deployment?.deploymentId ?? ''
  await house.deployments.reportFault({
    deploymentId,
    path: 'hd0/part1.winpe.wim',
    message: 'another digest',
  })
  const late = { jobId, claimToken, versionId, volumeId, findings: findings() }
  await expect(house.coordination.reportFindings(late)).rejects.toEqual(reason('CLAIM_LOST'))
})

test('the last good version is neither marked bad nor missing', async () => {
  const [good, bad, lost, primary] = [await valid(), await valid(), await valid(), await valid()]
  for (const { versionId } of [good, bad, lost, primary])
    await house.images.promote({ imageId: 'lab', versionId })
  await house.versions.mark({
    versionId: bad.versionId,
    mark: catalog.Mark.MARK_BAD,
    reason: 'it does not boot',
  })
  await look(lost.versionId, 'MISSING')
  await look(primary.versionId, 'MISSING')
  await expect(start('LAST-GOOD')).rejects.toMatchObject({
    metadata: { last_good_version_id: good.versionId },
  })
})

describe('a report of storage', () => {
  test('pulls the last byte of an upload neither back nor into the future', async () => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema })
    const versionId = upload?.versionId ?? ''
    const report = (lastByteTime: Date) =>
      house.coordination.reportProgress({ volumeId, uploads: [{ versionId, lastByteTime }] })
    const lastByte = async () => {
      const { rows } = await sql<{ ago: number }>`
        select extract(epoch from now() - last_byte_at)::float8 as ago from uploads where version_id = ${versionId}`.execute(
        house.db,
      )
      return rows[0]?.ago ?? Number.NaN
    }
    await report(new Date(Date.now() + 7_200_000))
    expect(await lastByte()).toBeGreaterThanOrEqual(0)
    await report(new Date(Date.now() - 7_200_000))
    expect(await lastByte()).toBeLessThan(3_600)
  })

  test('that it is back lets what waited for it be done at once', async () => {
    const back = await registerVolume(house)
    const { versionId } = await validVersion(house, 'lab', back)
    const { uid } = await house.images.get({ imageId: 'lab' })
    await house.versions.mark({
      versionId,
      mark: catalog.Mark.MARK_GOOD,
      reason: 'a change that is published',
    })
    const jobId = await openJobId(house, 'publish', `${uid}/${back}`)
    const later = sql<Date>`now() + interval '1 hour'`
    await house.db
      .updateTable('jobs')
      .set({ runAfter: later, attempts: 9 })
      .where('jobId', '=', jobId)
      .execute()
    await house.db
      .updateTable('outbox')
      .set({ deliverAt: later, relayedAt: null })
      .where('jobId', '=', jobId)
      .execute()
    await registerVolume(house, back)
    const { rows } = await sql<{ due: boolean }>`
      select bool_and(deliver_at <= now()) and (select attempts = 0 from jobs where job_id = ${jobId}) as due
      from outbox where job_id = ${jobId}`.execute(house.db)
    expect(rows).toEqual([{ due: true }])
  })

  test('that it has seen a later epoch raises that of the catalog', async () => {
    const { epoch } = await house.coordination.registerVolume({
      volumeId,
      address: '10.1.1.1:7461',
      epoch: 41n,
    })
    expect(epoch).toBeGreaterThan(41n)
  })
})

test('of a retired volume nothing is published and no orders are given', async () => {
  const gone = await registerVolume(house)
  const { versionId } = await validVersion(house, 'lab', gone)
  await house.images.promote({ imageId: 'lab', versionId })
  const { deployment } = await start('RETIRED')
  await sql`update volumes set last_seen_at = now() - interval '2 hours' where volume_id = ${gone}`.execute(
    house.db,
  )
  await house.volumes.retire({ volumeId: gone, reason: 'its disk burnt' })
  const deploymentId = deployment?.deploymentId ?? ''
  await expect(house.deployments.issueTicket({ deploymentId })).rejects.toEqual(reason('VOLUME_RETIRED'))
  const left = await house.db
    .selectFrom('publications')
    .select('volumeId')
    .where('volumeId', '=', gone)
    .execute()
  expect(left).toEqual([])
})
