import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { catalog, type storage } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf, sha256 } from './support/bytes.js'
import type { StorageClients } from './support/clients.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import {
  chunkOf,
  finishOf,
  startOf,
  WriteStream,
  writeWhole,
  type StartFields,
} from './support/write-stream.js'

const { UPLOAD_FILE_STATE_STOPPED } = catalog.UploadFileState
let house: TestHouse
let clients: StorageClients
let versionId: VersionId
const bytes = bytesOf(600_000, 'first')
const head = bytes.subarray(0, 400_000)
const rest = bytes.subarray(400_000)

beforeAll(async () => {
  house = await startTestHouse({ env: { GOLDKEEP_WRITER_IDLE: '60s' } })
})
afterAll(() => house.close())
beforeEach(async () => {
  versionId = newVersion()
  clients = await house.uploader(versionId)
  await clients.uploads.open({ versionId, schema })
})

const begin = (fields?: StartFields): WriteStream =>
  new WriteStream(clients, startOf(versionId, part1, fields))
const staged = (): Promise<Buffer> => readFile(join(house.volume, 'staging', versionId, 'tree', part1))

async function statusOf(path = part1): Promise<storage.UploadStatus['files'][number] | undefined> {
  const { files } = await clients.uploads.getStatus({ versionId })
  return files.find((file) => file.path === path)
}

/** Sends the head, waits until it is durable, and loses the connection. */
async function cutAfterHead(fields?: StartFields): Promise<string> {
  const stream = begin(fields)
  const { attemptId } = await stream.until('ready')
  stream.send(chunkOf(head, 0))
  await stream.untilCommitted(head.length)
  stream.cut()
  await waitUntil(async () => (await statusOf())?.state === UPLOAD_FILE_STATE_STOPPED, {
    what: 'nobody writes the file',
  })
  return attemptId
}

describe('a file whose connection was cut', () => {
  test('is not complete, and goes on at its committed size', async () => {
    const attemptId = await cutAfterHead()
    expect(await statusOf()).toMatchObject({ committedSize: BigInt(head.length), attemptId })
    const stream = begin({ resume: { attemptId, offset: head.length } })
    expect(await stream.until('ready')).toEqual({ attemptId, committedSize: BigInt(head.length) })
    stream.send(chunkOf(rest, head.length), finishOf(bytes.length, sha256(bytes)))
    expect(await stream.until('done')).toMatchObject({ size: BigInt(bytes.length) })
    expect(sha256(await staged())).toBe(sha256(bytes))
  })

  test('is read again when storage has been restarted meanwhile, and the reader is told', async () => {
    const attemptId = await cutAfterHead()
    await house.restart()
    clients = await house.uploader(versionId)
    const stream = begin({ resume: { attemptId, offset: head.length } })
    const { bytes: hashed } = await stream.until('hashing')
    expect(Number(hashed)).toBe(head.length)
    stream.send(chunkOf(rest, head.length), finishOf(bytes.length, sha256(bytes)))
    await stream.until('done')
    expect(sha256(await staged())).toBe(sha256(bytes))
  })

  test('is kept for its writer a while, unless another takes it over', async () => {
    const attemptId = await cutAfterHead({ writerId: 'first' })
    const resume = { attemptId, offset: head.length }
    expect(await begin({ writerId: 'second', resume }).refusal()).toMatchObject({ reason: 'FILE_BUSY' })
    const taken = begin({ writerId: 'second', resume, takeOver: true })
    expect(await taken.until('ready')).toMatchObject({ attemptId })
    taken.cut()
  })
})

describe('a stream that half-closes without Finish', () => {
  test('is answered with all that it sent made durable, and the file waits', async () => {
    const stream = begin()
    await stream.until('ready')
    stream.send(chunkOf(head, 0))
    stream.end()
    await stream.untilCommitted(head.length)
    expect(await stream.next()).toBeUndefined()
    expect(await statusOf()).toMatchObject({ committedSize: BigInt(head.length), state: 2 })
  })
})

describe('a restart', () => {
  test('discards the attempt before it, and the bytes are the second run', async () => {
    const first = await cutAfterHead()
    const second = bytesOf(123_456, 'second')
    expect(await writeWhole(clients, versionId, part1, second)).not.toBe(first)
    expect(sha256(await staged())).toBe(sha256(second))
    const late = begin({ resume: { attemptId: first, offset: head.length } })
    expect(await late.refusal()).toMatchObject({ reason: 'ATTEMPT_SUPERSEDED' })
  })

  test('by the same writer ends its own broken stream at once, which is told and does not write', async () => {
    const old = begin()
    await old.until('ready')
    old.send(chunkOf(head, 0))
    const fresh = begin()
    await fresh.until('ready')
    expect(await old.refusal()).toMatchObject({ reason: 'ATTEMPT_SUPERSEDED' })
    old.send(chunkOf(rest, head.length))
    const other = bytesOf(1_000, 'other')
    fresh.send(chunkOf(other, 0), finishOf(other.length, sha256(other)))
    await fresh.until('done')
    expect(sha256(await staged())).toBe(sha256(other))
  })
})

describe('a file that another writes', () => {
  test('is busy, and of two that take it over only one has it', async () => {
    const holder = begin({ writerId: 'holder' })
    await holder.until('ready')
    expect(await begin({ writerId: 'other' }).refusal()).toMatchObject({ reason: 'FILE_BUSY' })
    const rivals = ['left', 'right'].map((writerId) => begin({ writerId, takeOver: true }))
    await Promise.allSettled(rivals.map((rival) => rival.until('ready')))
    expect(await holder.refusal()).toMatchObject({ reason: 'ATTEMPT_SUPERSEDED' })
    const ends = rivals.map((rival) => {
      rival.send(finishOf(0, sha256(Buffer.alloc(0))))
      return rival.until('done').then(
        () => 'done',
        (error: unknown) => (error as { reason?: string }).reason,
      )
    })
    expect((await Promise.all(ends)).sort()).toEqual(['ATTEMPT_SUPERSEDED', 'done'])
  })
})

describe('a writer that was superseded', () => {
  test('does not end the stream that superseded it when it comes back, whatever it asks for', async () => {
    const attemptId = await cutAfterHead({ writerId: 'first' })
    const second = begin({ writerId: 'second', takeOver: true })
    await second.until('ready')
    const resume = { attemptId, offset: head.length }
    for (const takeOver of [false, true]) {
      const back = begin({ writerId: 'first', resume, takeOver })
      expect(await back.refusal()).toMatchObject({
        reason: takeOver ? 'ATTEMPT_SUPERSEDED' : 'FILE_BUSY',
      })
    }
    second.send(chunkOf(bytes, 0), finishOf(bytes.length, sha256(bytes)))
    await second.until('done')
    expect(sha256(await staged())).toBe(sha256(bytes))
  })
})

describe('a producer that failed', () => {
  test('is in the status with its last words, and the file must be started anew', async () => {
    const stream = begin()
    const { attemptId } = await stream.until('ready')
    stream.send(chunkOf(head, 0))
    stream.send({ message: { $case: 'producerFailed', value: { failure: 'exit 74: no such volume' } } })
    expect(await stream.refusal()).toBeUndefined()
    expect(await statusOf()).toMatchObject({ state: 3, failure: 'exit 74: no such volume' })
    const late = begin({ resume: { attemptId, offset: head.length } })
    expect(await late.refusal()).toMatchObject({ reason: 'ATTEMPT_BROKEN' })
    await writeWhole(clients, versionId, part1, bytes)
    expect(await statusOf()).toMatchObject({ state: 4, failure: '' })
  })

  test('is kept, and what follows it is refused', async () => {
    const stream = begin()
    await stream.until('ready')
    const failed = { $case: 'producerFailed', value: { failure: 'exit 1' } } as const
    stream.send({ message: failed }, finishOf(0, sha256(Buffer.alloc(0))))
    expect(await stream.refusal()).toMatchObject({ reason: 'PROTOCOL_VIOLATION' })
    expect(await statusOf()).toMatchObject({ state: 3, failure: 'exit 1' })
  })
})

describe('a client that never reads its acknowledgements', () => {
  test('can send 500 MB', async () => {
    await house.restart({ env: { GOLDKEEP_SYNC_INTERVAL: '500ms' } })
    clients = await house.uploader(versionId)
    const stream = begin()
    await stream.until('ready')
    const piece = bytesOf(1024 * 1024, 'piece')
    const count = 500
    for (let index = 0; index < count; index += 1) stream.send(chunkOf(piece, index * piece.length))
    await waitUntil(async () => Number((await statusOf())?.committedSize) === count * piece.length, {
      what: '500 MB are durable',
      timeoutMs: 150_000,
      intervalMs: 200,
    })
    stream.cut()
  }, 160_000)
})
