import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { catalog, type storage } from '@goldkeep/contracts'
import { parseVolumeId, type VersionId, type VolumeId } from '@goldkeep/domain'
import { signServiceTicket } from '@goldkeep/tickets'
import { bytesOf, sha256 } from './support/bytes.js'
import type { StorageClients } from './support/clients.js'
import { refusalOf } from './support/refusal-of.js'
import {
  grantOf,
  imageId,
  imageUid,
  newVersion,
  part1,
  schema,
  startTestHouse,
  type TestHouse,
} from './support/test-house.js'
import {
  chunkOf,
  finishOf,
  readWhole,
  sealFileOf,
  startOf,
  uploadWhole,
  WriteStream,
  writeWhole,
} from './support/write-stream.js'
import { basesToProto } from './support/bases.js'

const mebibyte = 1024 * 1024
const bytes = bytesOf(50_000, 'wire')
const [complete, half, other] = [part1, 'hd0/part2.winpe.wim', 'hd0/part3.winpe.wim']
const sealed = newVersion()
const open = newVersion()
const ended = newVersion()
let house: TestHouse
let uploader: StorageClients
let attemptId: string

/** A sealed version that is published, an upload with a complete file and a half one, and one that has ended. */
beforeAll(async () => {
  house = await startTestHouse()
  await uploadWhole(await house.uploader(sealed), sealed, schema, { [part1]: bytes })
  uploader = await house.uploader(open)
  await uploader.uploads.open({ versionId: open, schema })
  await writeWhole(uploader, open, complete, bytes)
  const stream = new WriteStream(uploader, startOf(open, half))
  attemptId = (await stream.until('ready')).attemptId
  stream.send(chunkOf(bytes, 0))
  stream.end()
  await stream.refusal()
  await publish(2)
  await end(ended, 5n)
})
afterAll(() => house.close())

const end = async (versionId: VersionId, opSeq: bigint): Promise<unknown> => {
  const outcome = catalog.Lifecycle.LIFECYCLE_ABORTED
  return (await house.worker()).admin.endUpload({ versionId, outcome, epoch: 1n, opSeq })
}

async function publish(generation: number): Promise<unknown> {
  const document = { format: 1, house: house.catalog.house, image: imageId, uid: imageUid }
  const whole = Buffer.from(JSON.stringify({ ...document, epoch: 1, generation, primary: sealed }))
  const worker = await house.worker()
  return worker.admin.publish({
    imageId,
    imageUid,
    epoch: 1n,
    generation: BigInt(generation),
    document: whole,
    ...basesToProto(whole),
    primaryVersionId: sealed,
  })
}

type Request = ReturnType<typeof chunkOf>

/** Goes on with the half file, sends what is asked, and reads to the refusal. */
async function goOn(...requests: Request[]): Promise<never> {
  const stream = new WriteStream(uploader, startOf(open, half, { resume: { attemptId, offset: 50_000 } }))
  await stream.until('ready')
  stream.send(...requests)
  throw await stream.refusal()
}

async function begin(path: string, clients = uploader, ...early: Request[]): Promise<never> {
  const stream = new WriteStream(clients, startOf(open, path, { takeOver: true }))
  stream.send(...early)
  throw await stream.refusal()
}

const seal = async (...files: Partial<storage.SealFile>[]): Promise<unknown> =>
  uploader.uploads.seal({ versionId: open, files })

const expired = { issued: new Date(Date.now() - 600_000), expires: new Date(Date.now() - 120_000) }

async function withTicketFor(volumeId: VolumeId, lifetime?: typeof expired): Promise<never> {
  const claims = { volumeId, versionId: open, operation: 'upload', upload: grantOf() } as const
  return begin(other, house.bearing(await house.catalog.sign(claims, lifetime)))
}

const refusals: Readonly<Record<string, readonly [string, string, () => Promise<unknown>]>> = {
  'a wrong offset to go on from': [
    'OFFSET_MISMATCH',
    'OUT_OF_RANGE',
    async () => {
      const start = startOf(open, half, { resume: { attemptId, offset: 49_999 } })
      throw await new WriteStream(uploader, start).refusal()
    },
  ],
  'a chunk at a wrong offset': ['OFFSET_MISMATCH', 'OUT_OF_RANGE', () => goOn(chunkOf(bytes, 50_001))],
  'a chunk with a wrong CRC-32': ['CHUNK_CORRUPT', 'DATA_LOSS', () => goOn(chunkOf(bytes, 50_000, 7))],
  'a ticket of another upload': [
    'PERMISSION_DENIED',
    'PERMISSION_DENIED',
    async () => begin(other, await house.uploader(newVersion())),
  ],
  'an expired ticket': [
    'TICKET_EXPIRED',
    'UNAUTHENTICATED',
    () => withTicketFor(house.storage.volumeId, expired),
  ],
  'a ticket for another audience': [
    'TICKET_INVALID',
    'UNAUTHENTICATED',
    () => withTicketFor(parseVolumeId('vol-0000000000000000')),
  ],
  'a service ticket for another audience': [
    'UNAUTHENTICATED',
    'UNAUTHENTICATED',
    async () => {
      const toCatalog = await signServiceTicket(house.catalog.serviceKey, 'worker', 'catalog')
      return house.bearing(toCatalog).admin.endUpload({ versionId: open, outcome: 3, epoch: 1n, opSeq: 1n })
    },
  ],
  'a path that leaves the version': ['INVALID_PATH', 'INVALID_ARGUMENT', () => begin('../../etc/passwd')],
  'a chunk larger than 1 MiB': [
    'PROTOCOL_VIOLATION',
    'INVALID_ARGUMENT',
    () => goOn(chunkOf(bytesOf(mebibyte + 1, 'large'), 50_000)),
  ],
  'a message larger than the transport takes': [
    '',
    'RESOURCE_EXHAUSTED',
    () => goOn(chunkOf(bytesOf(5 * mebibyte, 'huge'), 50_000)),
  ],
  'data before Ready': [
    'PROTOCOL_VIOLATION',
    'INVALID_ARGUMENT',
    () => begin(complete, uploader, chunkOf(bytes, 0)),
  ],
  'data after Finish': [
    'PROTOCOL_VIOLATION',
    'INVALID_ARGUMENT',
    () => goOn(finishOf(50_000, sha256(bytes)), chunkOf(bytes, 50_000)),
  ],
  'a finish with a wrong size': [
    'SIZE_MISMATCH',
    'OUT_OF_RANGE',
    () => goOn(finishOf(50_001, sha256(bytes))),
  ],
  'a finish with a wrong digest': [
    'DIGEST_MISMATCH',
    'DATA_LOSS',
    () => goOn(finishOf(50_000, sha256(Buffer.alloc(1)))),
  ],
  'a seal with a file that is missing': [
    'FILE_MISSING',
    'FAILED_PRECONDITION',
    () => seal(sealFileOf(complete, bytes), sealFileOf(half, bytes), sealFileOf(other, bytes)),
  ],
  'a seal without a file that is there': [
    'EXTRA_STAGED_FILES',
    'FAILED_PRECONDITION',
    () => seal(sealFileOf(complete, bytes)),
  ],
  'a seal with an unfinished file': [
    'FILE_UNFINISHED',
    'FAILED_PRECONDITION',
    () => seal(sealFileOf(complete, bytes), sealFileOf(half, bytes)),
  ],
  'an unknown version': [
    'VERSION_NOT_FOUND',
    'NOT_FOUND',
    async () => {
      const unknown = newVersion()
      return readWhole(await house.reader(unknown), { versionId: unknown, path: part1 })
    },
  ],
  'an upload that is not known': [
    'UPLOAD_NOT_FOUND',
    'NOT_FOUND',
    async () => {
      const unknown = newVersion()
      return (await house.uploader(unknown)).uploads.getStatus({ versionId: unknown })
    },
  ],
  'a stale op_seq': ['STALE_COMMAND', 'ABORTED', () => end(ended, 4n)],
  'an older generation': ['STALE_COMMAND', 'ABORTED', () => publish(1)],
}

const wrongFields: Readonly<Record<string, () => Promise<unknown>>> = {
  'start.writer_id': async () => {
    throw await new WriteStream(uploader, startOf(open, other, { writerId: '' })).refusal()
  },
  'start.resume.attempt_id': async () => {
    const resume = { attemptId: 'none', offset: 0 }
    throw await new WriteStream(uploader, startOf(open, half, { resume })).refusal()
  },
  'finish.digest': () => goOn(finishOf(50_000, 'ab')),
  'files.digest': () => seal({ ...sealFileOf(complete, bytes), digest: undefined }),
  files: () => seal(sealFileOf(complete, bytes), sealFileOf(complete, bytes)),
}

describe('a wrong field is told by its name in the whole request:', () => {
  test.each(Object.entries(wrongFields))('%s', async (field, call) => {
    await expect(call()).rejects.toMatchObject({
      reason: 'INVALID_FIELD',
      metadata: { field },
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    })
  })
})

describe('is refused with its reason and status, and changes nothing:', () => {
  test.each(Object.entries(refusals))('%s', async (_what, [reason, status, call]) => {
    const look = async (): Promise<unknown> => ({
      tree: await house.tree(),
      upload: (await uploader.uploads.getStatus({ versionId: open })).files,
    })
    const before = await look()
    expect(await refusalOf(call)).toEqual({ reason, status })
    expect(await look()).toEqual(before)
  })
})
