import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { catalog, storage } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { startFakeStorage, volumeId } from './fake-house.js'
import { openWorkerBench, type WorkerBench } from './worker-bench.js'

const { LIFECYCLE_ABORTED, LIFECYCLE_SEALED } = catalog.Lifecycle
let bench: WorkerBench
let volume: { readonly address: string; stop(): Promise<void> }
const published: storage.PublishRequest[] = []
const ended: storage.EndUploadRequest[] = []
const refusals: DomainError[] = []
/** Generations that the volume answers in place of the one that it was told. */
let outcome = LIFECYCLE_ABORTED

beforeAll(async () => {
  bench = await openWorkerBench()
  volume = await startFakeStorage({
    publish: async (request) => {
      const refusal = refusals.shift()
      if (refusal) throw refusal
      published.push(request)
      return { generation: request.generation }
    },
    endUpload: async (request) => {
      const refusal = refusals.shift()
      if (refusal) throw refusal
      ended.push(request)
      return { outcome }
    },
  })
  await bench.start()
})
afterAll(async () => {
  await bench.stop()
  await volume.stop()
})

const publication = (address: string) => ({
  $case: 'publish' as const,
  value: catalog.PublishWork.fromPartial({
    imageId: 'win11-lab',
    imageUid: 'uid-0123456789abcdefghij',
    epoch: 3n,
    generation: 7n,
    document: Buffer.from('{"format":1}'),
    primaryVersionId: '20261122T181502Z-4k7q',
    volume: { volumeId, address },
    records: [
      { subject: { $case: 'versionId', value: '20261122T181502Z-4k7q' }, document: Buffer.from('{}') },
    ],
    bases: [{ algorithm: 'sha256', value: Buffer.alloc(32, 5) }],
  }),
})

const ending = () => ({
  $case: 'endUpload' as const,
  value: catalog.EndUploadWork.fromPartial({
    versionId: '20261122T181502Z-4k7q',
    outcome: LIFECYCLE_ABORTED,
    epoch: 3n,
    opSeq: 9n,
    volume: { volumeId, address: volume.address },
  }),
})

describe('a publication', () => {
  test('reaches its volume with its records and what they complete, and is confirmed', async () => {
    const jobId = await bench.give('publish', publication(volume.address))
    expect((await bench.report(jobId, 'confirmCommand')).found).toBeUndefined()
    expect(published).toHaveLength(1)
    expect(published[0]).toMatchObject({ imageId: 'win11-lab', epoch: 3n, generation: 7n })
    expect(published[0]?.records).toHaveLength(1)
    expect(published[0]?.bases).toHaveLength(1)
    expect(Buffer.from(published[0]?.document ?? []).toString()).toBe('{"format":1}')
  })

  test.each(['PUBLICATION_CONFLICT', 'STALE_COMMAND'] as const)(
    'that is refused with %s tells the catalog what is on the volume',
    async (reason) => {
      const metadata = { epoch: '4', generation: '9', document_sha256: 'ab'.repeat(32), next_number: '12' }
      refusals.push(new DomainError(reason, 'another is there', metadata))
      const jobId = await bench.give('publish', publication(volume.address))
      expect((await bench.report(jobId, 'confirmCommand')).found).toMatchObject({
        epoch: 4n,
        generation: 9n,
        nextNumber: 12,
        documentDigest: { algorithm: 'sha256', value: Buffer.from('ab'.repeat(32), 'hex') },
      })
    },
  )

  test('that comes late is given up, so that the next run reads the new state', async () => {
    refusals.push(new DomainError('STALE_COMMAND', 'generation 8 is there'))
    const failure = await bench.report(await bench.give('publish', publication(volume.address)), 'failJob')
    expect(failure).toMatchObject({ permanent: false, error: 'generation 8 is there' })
  })

  test('that failed while the catalog was away is tried again by the queue', async () => {
    refusals.push(new DomainError('STALE_COMMAND', 'generation 8 is there'))
    bench.catalog.faults.failJob = [new DomainError('UNAVAILABLE', 'restarting')]
    const jobId = await bench.give('publish', publication(volume.address))
    await bench.report(jobId, 'confirmCommand')
    expect(bench.catalog.claims.filter((claim) => claim.jobId === jobId)).toHaveLength(2)
  })

  test('to a volume that cannot be reached is given up for now', async () => {
    const failure = await bench.report(await bench.give('publish', publication('127.0.0.1:1')), 'failJob')
    expect(failure.permanent).toBe(false)
  })
})

describe('the end of an upload', () => {
  test('is ordered with its place in the order, and confirmed as it came out', async () => {
    outcome = LIFECYCLE_ABORTED
    const jobId = await bench.give('end-upload', ending())
    expect((await bench.report(jobId, 'confirmCommand')).outcome).toBe(LIFECYCLE_ABORTED)
    expect(ended[0]).toMatchObject({
      versionId: '20261122T181502Z-4k7q',
      outcome: LIFECYCLE_ABORTED,
      opSeq: 9n,
    })
  })

  test('that lost against the seal is confirmed as SEALED', async () => {
    outcome = LIFECYCLE_SEALED
    const jobId = await bench.give('end-upload', ending())
    expect((await bench.report(jobId, 'confirmCommand')).outcome).toBe(LIFECYCLE_SEALED)
  })

  test('waits while a stream is open', async () => {
    refusals.push(new DomainError('UPLOAD_BUSY', 'a stream is open'))
    const failure = await bench.report(await bench.give('end-upload', ending()), 'failJob')
    expect(failure).toMatchObject({ permanent: false, error: 'a stream is open' })
  })

  test('of whose place in the order storage knows another command tells the epoch of that', async () => {
    refusals.push(new DomainError('ORDER_CONFLICT', 'another was given this place', { epoch: '5' }))
    const jobId = await bench.give('end-upload', ending())
    expect((await bench.report(jobId, 'confirmCommand')).conflictingEpoch).toBe(5n)
  })

  test('that comes by the wrong queue is given up for good', async () => {
    const failure = await bench.report(await bench.give('publish', ending()), 'failJob')
    expect(failure).toMatchObject({ permanent: true, error: expect.stringContaining('endUpload') })
  })
})
