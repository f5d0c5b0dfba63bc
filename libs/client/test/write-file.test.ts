import { describe, expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { createHash, randomBytes } from 'node:crypto'
import { producerSource } from '../src/producer-source.js'
import type { ByteSource } from '../src/byte-source.js'
import { writeFile, type WriteFileRequest } from '../src/write-file.js'
import { FakeStorage, type Behaviour } from './fake-storage.js'

const path = 'hd0/part1.winpe.wim'
const content = randomBytes(300_000)
const pieceBytes = 10_000
const sha256 = createHash('sha256').update(content).digest('hex')

/** A source that tells how much was taken from it, and whether it was ended. */
function sourceOf(bytes: Uint8Array) {
  const seen = { taken: 0, stopped: 0 }
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 7_000) {
      const part = bytes.subarray(at, at + 7_000)
      seen.taken += part.length
      yield await Promise.resolve(part)
    }
  }
  const source: ByteSource = {
    bytes: parts(),
    stop: () => {
      seen.stopped += 1
      return Promise.resolve()
    },
  }
  return { source, seen }
}

async function upload(behaviour: Behaviour, more: Partial<WriteFileRequest> = {}) {
  const fake = new FakeStorage(behaviour)
  const connection = await fake.start()
  const { source, seen } = sourceOf(content)
  const outcome = await writeFile(connection, {
    versionId: 'v',
    path,
    source,
    mode: { kind: 'restart' },
    writerId: 'w',
    retry: { forMs: 1_000 },
    signal: new AbortController().signal,
    pieceBytes,
    ...more,
  }).then(
    (stored) => ({ stored }),
    (error: unknown) => ({ error }),
  )
  connection.close()
  fake.stop()
  return { fake, seen, ...outcome }
}

test('a file arrives with the digest that was counted while it was sent', async () => {
  const result = await upload({})
  expect(result).toMatchObject({ stored: { size: content.length, sha256, attemptId: 'att-1' } })
  expect(result.fake.received.equals(content)).toBe(true)
})

test('a stream that is cut again and again goes on, in one attempt, without the source noticing', async () => {
  const result = await upload({ cutAfter: (stream) => (stream < 6 ? 40_000 : undefined) })
  expect(result).toMatchObject({ stored: { sha256 }, fake: { attempt: 1, streams: 6 } })
  expect(result.fake.received.equals(content)).toBe(true)
  expect(result.seen.taken).toBe(content.length)
})

test('a storage that has lost what it acknowledged ends the upload of the file, and says so', async () => {
  const result = await upload({
    cutAfter: (stream) => (stream === 1 ? 200_000 : undefined),
    keepsOf: (received) => received.subarray(0, 10_000),
  })
  expect(result).toMatchObject({ error: { reason: 'ATTEMPT_BROKEN' }, seen: { stopped: 1 } })
})

describe('a storage that has other bytes than were sent', () => {
  const others: readonly [string, (received: Buffer) => Buffer][] = [
    [
      'one of them changed',
      (received) => Buffer.from(received.map((byte, at) => (at === 7 ? byte ^ 1 : byte))),
    ],
    ['fewer', (received) => received.subarray(1)],
  ]
  test.each(others)('is not taken at its word: %s', async (_how, holds) => {
    const differs = { error: { reason: 'DIGEST_MISMATCH', message: expect.stringContaining(sha256) } }
    expect(await upload({ holds })).toMatchObject(differs)
    expect(await upload({ holds, loseEnd: () => true })).toMatchObject(differs)
  })
})

test('an answer that is lost after Finish is found out by asking', async () => {
  const result = await upload({ loseEnd: () => true })
  expect(result).toMatchObject({ stored: { sha256, size: content.length }, fake: { streams: 1 } })
})

test('a Finish that takes effect after the client has asked is found out by asking again', async () => {
  const result = await upload({ loseEnd: () => true, endLate: true })
  expect(result).toMatchObject({ stored: { sha256, size: content.length }, fake: { streams: 2 } })
})

test('a storage that never acknowledges does not make the client keep more than its buffer', async () => {
  const stopping = new AbortController()
  let most = 0
  const result = await upload(
    { acknowledge: false },
    {
      signal: stopping.signal,
      bufferBytes: 50_000,
      keepAliveMs: 50,
      onProgress: ({ read }) => {
        most = Math.max(most, read)
        // The last piece that fits is under way: nothing more is read, so the test may end it.
        if (read >= 50_000) setImmediate(() => stopping.abort())
      },
    },
  )
  expect(result).toMatchObject({ error: { name: 'AbortError' }, seen: { stopped: 1 } })
  expect(most).toBeLessThanOrEqual(60_000)
  expect(result.seen.taken).toBeLessThanOrEqual(80_000)
})

test('a refusal ends the source and is not tried again', async () => {
  const result = await upload({ refuse: () => new DomainError('FILE_BUSY', 'another writer is active') })
  expect(result).toMatchObject({ error: { reason: 'FILE_BUSY' }, fake: { streams: 1 }, seen: { stopped: 1 } })
})

test('a file that another took while the connection was broken is lost to it, once and for all', async () => {
  const result = await upload({
    cutAfter: (stream) => (stream === 1 ? 40_000 : undefined),
    refuse: (stream) => (stream > 1 ? new DomainError('FILE_BUSY', 'another writer is active') : undefined),
  })
  expect(result).toMatchObject({
    error: { reason: 'ATTEMPT_SUPERSEDED' },
    fake: { streams: 2 },
    seen: { stopped: 1 },
  })
})

test('a storage that stays away is given up, and the source ended', async () => {
  const away = new DomainError('SHUTTING_DOWN', 'closing')
  const result = await upload({ refuse: () => away }, { retry: { forMs: 200 } })
  expect(result).toMatchObject({ error: { reason: 'SHUTTING_DOWN' }, seen: { stopped: 1 } })
})

test('while a source is silent the stream is kept alive', async () => {
  const source = producerSource(['sh', '-c', 'printf abc; sleep 0.3; printf def'])
  const result = await upload({}, { source, keepAliveMs: 40 })
  expect(result.fake.received.toString()).toBe('abcdef')
  expect(result.fake.keepAlives).toBeGreaterThan(2)
})

test('a producer that dies leaves its last words with storage, and no finished file', async () => {
  const source = producerSource([
    'sh',
    '-c',
    'head -c 100000 /dev/zero; echo "bad sector" >&2; kill -KILL $$',
  ])
  const result = await upload({}, { source })
  expect(result).toMatchObject({ error: { name: 'ProcessFailedError', failure: 'signal SIGKILL' } })
  expect(result.fake).toMatchObject({ failure: 'sh: signal SIGKILL\nbad sector', finished: false })
})

test.each([false, true])(
  'a producer that dies is what is told when the answer got lost (late: %s)',
  async (endLate) => {
    const source = producerSource(['sh', '-c', 'echo "bad sector" >&2; exit 3'])
    const result = await upload({ loseEnd: () => true, endLate }, { source })
    expect(result).toMatchObject({ error: { name: 'ProcessFailedError', failure: 'exit code 3' } })
    expect(result.fake).toMatchObject({ failure: 'sh: exit code 3\nbad sector', finished: false })
  },
)

test('a file goes on from where an earlier process left it, with the digest of the whole', async () => {
  const fake = new FakeStorage()
  const connection = await fake.start()
  fake.attempt = 1
  fake.received = Buffer.from(content.subarray(0, 123_456))
  const { source } = sourceOf(content)
  const stored = await writeFile(connection, {
    versionId: 'v',
    path,
    source,
    mode: { kind: 'resume', attemptId: 'att-1', offset: 123_456 },
    writerId: 'w2',
    retry: { forMs: 1_000 },
    signal: new AbortController().signal,
    pieceBytes,
  })
  expect(stored.sha256).toBe(sha256)
  expect(fake.received.equals(content)).toBe(true)
  connection.close()
  fake.stop()
})
