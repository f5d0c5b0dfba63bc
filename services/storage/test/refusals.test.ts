import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sha256ToProto } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { bytesOf, sha256 } from './support/bytes.js'
import type { StorageClients } from './support/clients.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
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

const bytes = bytesOf(50_000, 'sealed')
const part2 = 'hd0/part2.winpe.wim'
const sealed = newVersion()
const open = newVersion()
const ended = newVersion()
let house: TestHouse
let uploader: StorageClients
let attemptId: string

beforeAll(async () => {
  house = await startTestHouse()
  await uploadWhole(await house.uploader(sealed), sealed, schema, { [part1]: bytes })
  uploader = await house.uploader(open)
  await uploader.uploads.open({ versionId: open, schema })
  attemptId = await writeWhole(uploader, open, part1, bytes)
  const unfinished = new WriteStream(uploader, startOf(open, part2))
  await unfinished.until('ready')
  unfinished.send(chunkOf(bytes, 0))
  unfinished.end()
  await unfinished.refusal()
  const worker = await house.worker()
  await worker.admin.endUpload({ versionId: ended, outcome: 3, epoch: 1n, opSeq: 5n })
})
afterAll(() => house.close())

/** The call is refused for the reason, and the volume is as it was. */
async function refused(reason: string, call: () => Promise<unknown>): Promise<void> {
  const before = await house.tree()
  await expect(call()).rejects.toMatchObject({ reason })
  expect(await house.tree()).toEqual(before)
}

const asError = async (stream: WriteStream): Promise<never> => {
  throw await stream.refusal()
}
const write = (path: string, clients = uploader, versionId: VersionId | string = open): Promise<never> =>
  asError(new WriteStream(clients, startOf(versionId, path)))

describe('a write is refused and changes nothing', () => {
  test.each(['../../etc/passwd', 'schema', '/etc/passwd', 'hd0/a/b', 'hd0/CON'])('to the path %s', (path) =>
    refused('INVALID_PATH', () => write(path)),
  )

  test('to a path that differs from a staged one in case only', () =>
    refused('INVALID_PATH', () => write('hd0/PART1.winpe.wim')))

  test('to an upload that nobody opened', async () => {
    const other = newVersion()
    const clients = await house.uploader(other)
    await refused('UPLOAD_NOT_FOUND', () => write(part1, clients, other))
  })

  test('to a version that is sealed', async () => {
    const clients = await house.uploader(sealed)
    await refused('SEAL_BEGUN', () => write(part1, clients, sealed))
  })

  test('to an upload that has ended', async () => {
    const clients = await house.uploader(ended)
    await refused('UPLOAD_ENDED', () => write(part1, clients, ended))
    await refused('UPLOAD_ENDED', () => clients.uploads.open({ versionId: ended, schema }))
  })

  test.each([
    ['OFFSET_MISMATCH', { attemptId: '', offset: 49_999 }],
    ['ATTEMPT_SUPERSEDED', { attemptId: 'att-0000000000000000', offset: 0 }],
  ])('with %s when it goes on elsewhere', async (reason, resume) => {
    const { files } = await uploader.uploads.getStatus({ versionId: open })
    const present = files.find(({ path }) => path === part2)?.attemptId ?? ''
    const start = startOf(open, part2, { resume: { ...resume, attemptId: resume.attemptId || present } })
    await refused(reason, () => asError(new WriteStream(uploader, start)))
  })

  test('with the committed size, so that the client can go on', async () => {
    const { files } = await uploader.uploads.getStatus({ versionId: open })
    const present = files.find(({ path }) => path === part2)?.attemptId ?? ''
    const stream = new WriteStream(
      uploader,
      startOf(open, part2, { resume: { attemptId: present, offset: 1 } }),
    )
    expect(await stream.refusal()).toMatchObject({ metadata: { committed_size: '50000' } })
  })

  test('of a file that is complete', () =>
    refused('FILE_COMPLETE', () =>
      asError(new WriteStream(uploader, startOf(open, part1, { resume: { attemptId, offset: 50_000 } }))),
    ))

  test('that does not begin with Start', () =>
    refused('PROTOCOL_VIOLATION', () => asError(new WriteStream(uploader, chunkOf(bytes, 0)))))
})

describe('data that is sent before Ready is refused and changes nothing', () => {
  test.each([
    ['with a restart', 0, () => ({})],
    ['with a restart that takes the file over', 0, () => ({ takeOver: true })],
    ['with the attempt', 50_000, (attemptId: string) => ({ resume: { attemptId, offset: 50_000 } })],
  ])('%s', async (_, offset, fields) => {
    const { files } = await uploader.uploads.getStatus({ versionId: open })
    const present = files.find(({ path }) => path === part2)?.attemptId ?? ''
    const stream = new WriteStream(uploader, startOf(open, part2, fields(present)))
    stream.send(chunkOf(bytes, offset))
    await refused('PROTOCOL_VIOLATION', () => asError(stream))
    const after = await uploader.uploads.getStatus({ versionId: open })
    expect(after.files).toEqual(files)
  })
})

describe('a stream is ended, and keeps what was good before', () => {
  const part3 = 'hd0/part3.winpe.wim'
  const good = bytes.subarray(0, 1_000)
  test.each([
    ['CHUNK_CORRUPT', 'a chunk with a wrong sum', chunkOf(bytes, 1_000, 7)],
    ['OFFSET_MISMATCH', 'a gap', chunkOf(bytes, 2_000)],
    ['OFFSET_MISMATCH', 'a chunk from before', chunkOf(bytes, 0)],
    ['PROTOCOL_VIOLATION', 'a chunk that is too large', chunkOf(bytesOf(1024 * 1024 + 1, 'x'), 1_000)],
    ['PROTOCOL_VIOLATION', 'a second Start', startOf(open, part3)],
    ['SIZE_MISMATCH', 'a size that is too large', finishOf(1_001, sha256(good))],
    ['SIZE_MISMATCH', 'a size that is too small', finishOf(999, sha256(good))],
    ['DIGEST_MISMATCH', 'a wrong digest', finishOf(1_000, sha256(bytes))],
  ])('%s: %s', async (reason, _what, request) => {
    const stream = new WriteStream(uploader, startOf(open, part3))
    await stream.until('ready')
    stream.send(chunkOf(good, 0), request)
    expect(await stream.refusal()).toMatchObject({ reason })
    const { files } = await uploader.uploads.getStatus({ versionId: open })
    expect(files.find(({ path }) => path === part3)).toMatchObject({ committedSize: 1_000n, state: 2 })
  })

  test('PROTOCOL_VIOLATION: data together with Finish', async () => {
    const stream = new WriteStream(uploader, startOf(open, part3))
    await stream.until('ready')
    stream.send(finishOf(0, sha256(Buffer.alloc(0))), chunkOf(good, 0))
    expect(await stream.refusal()).toMatchObject({ reason: 'PROTOCOL_VIOLATION' })
  })
})

describe('a seal is refused and changes nothing', () => {
  const first = sealFileOf(part1, bytes)
  const second = sealFileOf(part2, bytes)
  const seal = (files: (typeof first)[]) => () => uploader.uploads.seal({ versionId: open, files })

  test('with a file that was never sent', () =>
    refused('FILE_MISSING', seal([first, second, sealFileOf('hd1/part1.winpe.wim', bytes)])))
  test('without a file that was sent', () => refused('EXTRA_STAGED_FILES', seal([first])))
  test('with a file twice', () => refused('INVALID_FIELD', seal([first, first])))
  test('with a path that leaves the version', () =>
    refused('INVALID_PATH', seal([{ ...first, path: '../../../etc/passwd' }])))

  test('with an unfinished file, or another size or digest', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    await writeWhole(clients, versionId, part1, bytes)
    const sealing = (file: typeof first) => () => clients.uploads.seal({ versionId, files: [file] })
    await refused('SIZE_MISMATCH', sealing({ ...first, size: 49_999n }))
    await refused('DIGEST_MISMATCH', sealing({ ...first, digest: sha256ToProto('0'.repeat(64)) }))
    const stream = new WriteStream(clients, startOf(versionId, part2))
    await stream.until('ready')
    await refused('UPLOAD_BUSY', sealing(first))
    stream.end()
    await stream.refusal()
    await refused('FILE_UNFINISHED', () => clients.uploads.seal({ versionId, files: [first, second] }))
  })

  test('of a sealed version with another list', async () => {
    const clients = await house.uploader(sealed)
    const again = (files: (typeof first)[]) => () => clients.uploads.seal({ versionId: sealed, files })
    await refused('DIGEST_MISMATCH', again([{ ...first, digest: sha256ToProto('0'.repeat(64)) }]))
    await refused('FILE_MISSING', again([first, second]))
    await refused('EXTRA_STAGED_FILES', again([]))
  })

  test('of an upload that is unknown', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await refused('UPLOAD_NOT_FOUND', () => clients.uploads.seal({ versionId, files: [] }))
  })
})

describe('the schema', () => {
  test('must be the one that the upload was begun with', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await refused('SCHEMA_MISMATCH', () =>
      clients.uploads.open({ versionId, schema: Buffer.from('{"harddrives":[]}') }),
    )
  })

  test('may be given again, and nothing changes', async () => {
    const before = await house.tree()
    expect(await uploader.uploads.open({ versionId: open, schema })).toMatchObject({ state: 1 })
    expect(await house.tree()).toEqual(before)
  })
})

describe('a read is refused', () => {
  test('of what is not there', async () => {
    const unknown = newVersion()
    const reader = await house.reader(sealed)
    const other = await house.reader(unknown)
    await refused('VERSION_NOT_FOUND', () => readWhole(other, { versionId: unknown, path: part1 }))
    await refused('FILE_NOT_FOUND', () => readWhole(reader, { versionId: sealed, path: part2 }))
    await refused('INVALID_PATH', () => readWhole(reader, { versionId: sealed, path: 'version.json' }))
    await refused('INVALID_FIELD', () =>
      readWhole(reader, { versionId: sealed, path: part1, offset: 50_001 }),
    )
  })
})
