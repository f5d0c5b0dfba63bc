import { describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { reason } from './support/reason.js'
import { schema, useLab } from './support/versions.js'

const { Lifecycle, OnOpenUpload, UploadFileState } = catalog

describe('an open upload', () => {
  const { house, volumeId } = useLab()
  const begin = async (request: Partial<catalog.BeginUploadRequest> = {}): Promise<string> => {
    const { upload } = await house.uploads.begin({ imageId: 'lab', schema, ...request })
    return upload?.versionId ?? ''
  }

  test('is told to the machine that has it, with what is complete, and is resumed on its own terms only', async () => {
    const source = { uuid: '', serial: 'PC-7', macs: [], model: '' }
    const versionId = await begin({ source, labels: { room: '1', building: 'b' }, note: 'first' })
    const digest = { algorithm: 'sha256', value: Buffer.alloc(32, 1) }
    const files = [
      {
        path: 'hd0/part1.winpe.wim',
        state: UploadFileState.UPLOAD_FILE_STATE_COMPLETE,
        committedSize: 5n,
        digest,
      },
      { path: 'hd0/part2.winpe.wim', state: UploadFileState.UPLOAD_FILE_STATE_STOPPED, committedSize: 2n },
    ]
    await house.coordination.reportProgress({ volumeId, uploads: [{ versionId, files }] })
    const refusal = await begin({ source: { ...source, serial: ' pc-7 ' } }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      reason: 'OPEN_UPLOAD_EXISTS',
      metadata: { version_id: versionId, complete: 'hd0/part1.winpe.wim' },
    })
    expect(await house.uploads.get({ versionId })).toMatchObject({ committedBytes: 7n })

    const resume = { source, onOpen: OnOpenUpload.ON_OPEN_UPLOAD_RESUME }
    expect(await begin(resume)).toBe(versionId)
    const other = Buffer.from('{"harddrives":[]}')
    await expect(begin({ ...resume, schema: other })).rejects.toEqual(reason('SCHEMA_MISMATCH'))

    const capture = { environment: 'linux', type: 'block' }
    await expect(begin({ ...resume, capture } as never)).rejects.toMatchObject({
      reason: 'INVALID_FIELD',
      message:
        `capture.environment: expected "winpe", with which upload ${versionId} was begun, found "linux"; ` +
        'resume it with the same, or replace it',
    })
    for (const [field, fields] of [
      ['capture.type', { capture: { type: 'block' } }],
      ['capture.schema_only', { capture: { schemaOnly: true } }],
      ['capture.skip_lvm_shrink', { capture: { skipLvmShrink: true } }],
      ['capture.profile_id', { capture: { profileId: 'no-such-profile' } }],
      ['capture.custom_schema', { capture: { customSchema: true } }],
      ['labels.room', { labels: { room: '2' } }],
      ['labels.floor', { labels: { room: '1', building: 'b', floor: '1' } }],
      ['labels.building', { labels: { room: '1' } }],
      ['note', { note: 'another' }],
    ] as const)
      await expect(begin({ ...resume, ...fields } as never)).rejects.toMatchObject({
        reason: 'INVALID_FIELD',
        metadata: { field },
      })
    expect(await begin({ ...resume, labels: { room: '1', building: 'b' }, note: 'first' })).toBe(versionId)

    const next = await begin({ source, onOpen: OnOpenUpload.ON_OPEN_UPLOAD_REPLACE })
    expect(next).not.toBe(versionId)
    expect((await house.uploads.get({ versionId })).pendingEnd).toMatchObject({
      outcome: Lifecycle.LIFECYCLE_ABORTED,
    })
  })
})
