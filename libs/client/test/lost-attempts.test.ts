import { afterEach, describe, expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { createHash, randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { producerSource } from '../src/producer-source.js'
import { writeFile, type WriteFileRequest } from '../src/write-file.js'
import { FakeStorage, type Behaviour } from './fake-storage.js'

const content = randomBytes(300_000)
const sha256 = createHash('sha256').update(content).digest('hex')
let fake: FakeStorage
let close = (): void => {}

afterEach(() => close())

async function upload(behaviour: Behaviour, more: Partial<WriteFileRequest> = {}) {
  fake = new FakeStorage(behaviour)
  const connection = await fake.start()
  close = () => {
    connection.close()
    fake.stop()
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(content)
  }
  return writeFile(connection, {
    versionId: 'v',
    path: 'hd0/part1.winpe.wim',
    source: { bytes: bytes(), stop: () => Promise.resolve() },
    mode: { kind: 'restart' },
    writerId: 'w',
    retry: { forMs: 1_000 },
    signal: new AbortController().signal,
    pieceBytes: 10_000,
    ...more,
  })
}

describe('a client whose connection was cut', () => {
  const cutAfter = (stream: number) => (stream === 1 ? 40_000 : undefined)

  test('does not go on with the attempt of another writer', async () => {
    const another = (received: Buffer): Buffer => {
      fake.attempt = 2
      return received
    }
    await expect(upload({ cutAfter, keepsOf: another })).rejects.toMatchObject({
      reason: 'ATTEMPT_SUPERSEDED',
    })
    expect(fake.streams).toBe(1)
  })

  test('asks once more where the attempt is when storage had committed more meanwhile', async () => {
    const elsewhere = new DomainError('OFFSET_MISMATCH', 'expected to go on elsewhere')
    const stored = await upload({ cutAfter, refuse: (stream) => (stream === 2 ? elsewhere : undefined) })
    expect(stored.sha256).toBe(sha256)
    expect(fake.streams).toBe(3)
  })
})

test('a stream that ends before the file is done is gone on with', async () => {
  const stored = await upload({ endAfter: (stream) => (stream === 1 ? 40_000 : undefined) })
  expect(stored.sha256).toBe(sha256)
  expect(fake.received.equals(content)).toBe(true)
})

test('no byte is sent before the attempt by which it is resumed has been kept', async () => {
  let receivedWhenKept = -1
  await upload(
    {},
    {
      onAttempt: async () => {
        for (let turn = 0; turn < 50; turn += 1) await setImmediate()
        receivedWhenKept = fake.received.length
      },
    },
  )
  expect(receivedWhenKept).toBe(0)
})

test('the failure of a producer is told once, on the stream that it broke off', async () => {
  const source = producerSource(['sh', '-c', 'exit 3'])
  await expect(upload({}, { source })).rejects.toMatchObject({ failure: 'exit code 3' })
  expect(fake.streams).toBe(1)
})
