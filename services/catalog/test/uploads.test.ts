import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { sql } from 'kysely'
import { lockVersion } from '../src/db/versions-queries.js'
import { systemActor } from '../src/domain/actor.js'
import { requestUploadEnd } from '../src/operations/request-upload-end.js'
import { reason } from './support/reason.js'
import { atomically, isAnyWaiting, sweepOnce } from './support/test-database.js'
import { claim, manifestOf, openJobId, recordSealed, schema, useLab } from './support/versions.js'

const { ClaimRefusal, Lifecycle, UploadFileState } = catalog

describe('uploads', () => {
  const { house, volumeId } = useLab()

  const begin = async (request: Partial<catalog.BeginUploadRequest> = {}): Promise<string> => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema, ...request })
    return upload?.versionId ?? ''
  }
  const lifecycleOf = async (versionId: string) => (await house.uploads.get({ versionId })).lifecycle
  const letExpire = (versionId: string) =>
    house.db
      .updateTable('uploads')
      .set({ expiresAt: sql<Date>`now() - interval '1 second'` })
      .where('versionId', '=', versionId)
      .execute()
  /** Has a worker end the upload, which storage answers as told. */
  async function endBy(versionId: string, outcome: catalog.Lifecycle): Promise<void> {
    const jobId = await openJobId(house, 'end-upload', versionId)
    const { claimToken } = await claim(house, jobId)
    await house.coordination.confirmCommand({ jobId, claimToken, outcome })
  }

  test('a schema that is not JSON is refused and makes nothing', async () => {
    const before = await house.images.get({ imageId: 'lab' })
    await expect(begin({ schema: Buffer.from('hello') })).rejects.toEqual(reason('INVALID_SCHEMA'))
    expect(await house.images.get({ imageId: 'lab' })).toEqual(before)
  })

  test('an upload that cannot fit is refused', async () => {
    const expectedSizes = [{ path: 'hd0/part1.winpe.wim', size: 10n ** 15n }]
    await expect(begin({ expectedSizes })).rejects.toEqual(reason('NO_SPACE'))
    const outside = [{ path: '../../etc/passwd', size: 1n }]
    await expect(begin({ expectedSizes: outside })).rejects.toEqual(reason('INVALID_PATH'))
  })

  test('a repeated begin answers the same upload with a fresh ticket', async () => {
    const request = { imageId: 'lab', schema, requestId: 'begin-1' }
    const first = await house.uploads.begin(request)
    const second = await house.uploads.begin(request)
    expect(second.upload).toEqual(first.upload)
    expect(second.ticket?.token).toMatch(/^ey/)
  })

  test('an abort is a wish until storage has done it', async () => {
    const versionId = await begin()
    const wished = await house.uploads.abort({ versionId, reason: 'wrong machine' })
    expect(wished).toMatchObject({
      lifecycle: Lifecycle.LIFECYCLE_UPLOADING,
      pendingEnd: { outcome: Lifecycle.LIFECYCLE_ABORTED },
    })
    await house.uploads.abort({ versionId })
    await endBy(versionId, Lifecycle.LIFECYCLE_ABORTED)
    expect(await lifecycleOf(versionId)).toBe(Lifecycle.LIFECYCLE_ABORTED)
    await expect(house.uploads.issueTicket({ versionId })).rejects.toEqual(reason('UPLOAD_ENDED'))
    const { revocations } = await house.coordination.getTrust({})
    expect(revocations.map((one) => one.subject)).toContain(versionId)
  })

  test('a seal that is recorded after the abort still counts, and the late end does not', async () => {
    const versionId = await begin()
    const manifest = await manifestOf(house, versionId, volumeId)
    await house.uploads.abort({ versionId })
    await house.coordination.recordEnded({ volumeId, versionId, outcome: Lifecycle.LIFECYCLE_ABORTED })
    await recordSealed(house, versionId, volumeId, manifest)
    expect(await lifecycleOf(versionId)).toBe(Lifecycle.LIFECYCLE_SEALED)
    const late = house.coordination.recordEnded({ volumeId, versionId, outcome: Lifecycle.LIFECYCLE_ABORTED })
    await expect(late).rejects.toEqual(reason('STALE_COMMAND'))
    await expect(house.uploads.abort({ versionId })).rejects.toEqual(reason('UPLOAD_ENDED'))
  })

  test('an end that finds the upload sealed leaves it to the seal', async () => {
    const versionId = await begin()
    await house.uploads.abort({ versionId })
    await endBy(versionId, Lifecycle.LIFECYCLE_SEALED)
    expect(await house.uploads.get({ versionId })).toMatchObject({
      lifecycle: Lifecycle.LIFECYCLE_UPLOADING,
      pendingEnd: undefined,
    })
    await recordSealed(house, versionId, volumeId)
    expect(await lifecycleOf(versionId)).toBe(Lifecycle.LIFECYCLE_SEALED)
  })

  test('a command whose upload was sealed meanwhile has nothing left to do', async () => {
    const versionId = await begin()
    await house.uploads.abort({ versionId })
    const jobId = await openJobId(house, 'end-upload', versionId)
    await recordSealed(house, versionId, volumeId)
    const { outcome } = await house.coordination.claimJob({ jobId, workerId: 'late' })
    expect(outcome).toEqual({ $case: 'refusal', value: ClaimRefusal.CLAIM_REFUSAL_DONE })
  })

  test('an upload that was sealed while the sweeper looked at it is not ordered to be ended', async () => {
    const versionId = await begin()
    await recordSealed(house, versionId, volumeId)
    await atomically(house.db, (trx) =>
      requestUploadEnd(trx, versionId, 'EXPIRED', systemActor, 'no byte for a day'),
    )
    expect((await house.uploads.get({ versionId })).pendingEnd).toBeUndefined()
    await expect(openJobId(house, 'end-upload', versionId)).rejects.toThrow()
  })

  test('an abort takes the place of an expiry, and bytes that arrive do not undo it', async () => {
    const versionId = await begin()
    await letExpire(versionId)
    await sweepOnce(house.db)
    await house.uploads.abort({ versionId })
    await house.coordination.reportProgress({
      volumeId,
      uploads: [{ versionId, lastByteTime: new Date() }],
    })
    expect((await house.uploads.get({ versionId })).pendingEnd).toMatchObject({
      outcome: Lifecycle.LIFECYCLE_ABORTED,
    })
    const { work } = await claim(house, await openJobId(house, 'end-upload', versionId))
    expect(work).toMatchObject({ $case: 'endUpload', value: { opSeq: 2n } })
  })

  test('nobody gets a ticket for an upload that is being aborted, not by a repeated begin either', async () => {
    const request = { imageId: 'lab', schema, requestId: 'begin-then-abort' }
    const versionId = (await house.uploads.begin(request)).upload?.versionId ?? ''
    await house.uploads.abort({ versionId })
    const refused = reason('UPLOAD_ENDED')
    await expect(house.uploads.issueTicket({ versionId })).rejects.toEqual(refused)
    await expect(house.uploads.begin(request)).rejects.toEqual(refused)
    await endBy(versionId, Lifecycle.LIFECYCLE_ABORTED)
    await expect(house.uploads.begin(request)).rejects.toEqual(refused)
  })

  test('a revocation covers a ticket that was signed while its upload ended', async () => {
    const versionId = await begin()
    await house.coordination.recordEnded({ volumeId, versionId, outcome: Lifecycle.LIFECYCLE_ABORTED })
    const { revocations } = await house.coordination.getTrust({})
    const revoked = revocations.find(({ subject }) => subject === versionId)
    expect(revoked?.issuedBefore?.getTime()).toBeGreaterThan(Date.now() + 30_000)
  })

  test('a seal is recorded once, and another manifest for it is refused', async () => {
    const versionId = await begin()
    const first = await recordSealed(house, versionId, volumeId)
    const again = await recordSealed(house, versionId, volumeId, first.manifest)
    expect(again.number).toBe(first.number)
    await expect(recordSealed(house, versionId, volumeId)).rejects.toEqual(reason('DIGEST_MISMATCH'))
    const { versionCount, sizeBytes } = await house.images.get({ imageId: 'lab' })
    const { versions } = await house.versions.list({
      filter: { imageId: 'lab', lifecycles: [Lifecycle.LIFECYCLE_SEALED] },
    })
    expect(versions).toHaveLength(versionCount)
    expect(versions.reduce((sum, one) => sum + one.sizeBytes, 0n)).toBe(sizeBytes)
  })

  test('a seal of what nobody began is refused', async () => {
    const versionId = await begin()
    const manifest = await manifestOf(house, versionId, volumeId)
    const unknown = house.coordination.recordSealed({
      volumeId,
      versionId: '20200101T000000Z-aaaa',
      manifest,
    })
    await expect(unknown).rejects.toEqual(reason('VERSION_NOT_FOUND'))
    const other = await begin()
    const swapped = house.coordination.recordSealed({ volumeId, versionId: other, manifest })
    await expect(swapped).rejects.toEqual(reason('INVALID_FIELD'))
  })

  test('an upload expires after its last byte, and never while bytes arrive', async () => {
    const silent = await begin()
    const active = await begin()
    await letExpire(silent)
    await letExpire(active)
    const files = [{ path: 'hd0/part1.winpe.wim', state: UploadFileState.UPLOAD_FILE_STATE_RECEIVING }]
    await house.coordination.reportProgress({ volumeId, uploads: [{ versionId: active, files }] })
    expect(await sweepOnce(house.db)).toMatchObject({
      uploadsExpired: 1,
    })
    expect((await house.uploads.get({ versionId: active })).pendingEnd).toBeUndefined()
    await endBy(silent, Lifecycle.LIFECYCLE_EXPIRED)
    expect(await lifecycleOf(silent)).toBe(Lifecycle.LIFECYCLE_EXPIRED)
  })

  test('an upload whose bytes come while the sweeper waits for it does not expire', async () => {
    const versionId = await begin()
    await letExpire(versionId)
    let sweeping: Promise<unknown> = Promise.resolve()
    await atomically(house.db, async (trx) => {
      await lockVersion(trx, versionId)
      sweeping = sweepOnce(house.db)
      await waitUntil(() => isAnyWaiting(house.db), { what: 'the sweeper waits for the upload' })
      const expiresAt = sql<Date>`now() + interval '1 hour'`
      await trx.updateTable('uploads').set({ expiresAt }).where('versionId', '=', versionId).execute()
    })
    await sweeping
    expect((await house.uploads.get({ versionId })).pendingEnd).toBeUndefined()
  })

  test('an upload that lacks only its seal does not expire; one that lacks a file does', async () => {
    const [whole, halfDone] = [await begin(), await begin()]
    const files = [{ path: 'hd0/part1.winpe.wim', state: UploadFileState.UPLOAD_FILE_STATE_COMPLETE }]
    const stopped = { path: 'hd0/part9.winpe.wim', state: UploadFileState.UPLOAD_FILE_STATE_STOPPED }
    await house.coordination.reportProgress({
      volumeId,
      uploads: [
        { versionId: whole, files },
        { versionId: halfDone, files: [...files, stopped] },
      ],
    })
    await letExpire(whole)
    await letExpire(halfDone)
    await sweepOnce(house.db)
    const after = await house.uploads.get({ versionId: whole })
    expect(after.pendingEnd).toBeUndefined()
    expect(after.expiresIn).toBeGreaterThan(50n)
    expect((await house.uploads.get({ versionId: halfDone })).pendingEnd).toMatchObject({
      outcome: Lifecycle.LIFECYCLE_EXPIRED,
    })
  })

  test('an expiry is withdrawn when bytes arrive again before it was carried out', async () => {
    const versionId = await begin()
    await letExpire(versionId)
    await sweepOnce(house.db)
    const lastByteTime = new Date()
    await house.coordination.reportProgress({ volumeId, uploads: [{ versionId, lastByteTime }] })
    expect((await house.uploads.get({ versionId })).pendingEnd).toBeUndefined()
  })
})
