import { describe, expect, test } from '@jest/globals'
import { storage } from '@goldkeep/contracts'
import type { CallContext, ServerMiddlewareCall } from 'nice-grpc'
import { limitRequests } from './limit-requests.js'
import { LongRequest, readRequestsOf } from './read-requests.js'

type Call = ServerMiddlewareCall<unknown, unknown>

const { seal, write } = readRequestsOf(storage.UploadDataDefinition).methods
const path = '/goldkeep.storage.v1.UploadData/Seal'

/** A seal that lists so many files. */
function sealOf(count: number): Uint8Array {
  const digest = { algorithm: 'sha256', value: Buffer.alloc(32, 7) }
  const files = Array.from({ length: count }, (_, at) => ({ path: `hd0/part${at}.wim`, size: 10n, digest }))
  return storage.SealRequest.encode(storage.SealRequest.fromPartial({ files })).finish()
}

/** What the call is answered: the number of files that its handler was given. */
async function handle(request: unknown, onHandled: (files: number) => void): Promise<void> {
  const call = {
    method: { path },
    requestStream: false,
    request,
    async *next(given: storage.SealRequest) {
      onHandled(given.files.length)
      yield given
    },
  }
  const answers = limitRequests(call as unknown as Call, {} as CallContext)
  for (let step = await answers.next(); !step.done;) step = await answers.next()
}

/** Counts the turns of the event loop until it is stopped. */
function countTurns() {
  let turn = 0
  let isCounting = true
  const count = (): void => {
    turn += 1
    if (isCounting) setImmediate(count)
  }
  setImmediate(count)
  return { now: () => turn, stop: () => void (isCounting = false) }
}

describe('long requests that arrive at once', () => {
  test('are read one in each turn of the event loop, in their order', async () => {
    const turns = countTurns()
    const handled: { turn: number; files: number }[] = []
    const sizes = [4_096, 2_000, 3_000, 4_000, 1_000]
    const requests = sizes.map((count) => seal.requestType.decode(sealOf(count)) as unknown)
    await Promise.all(
      requests.map((request) => handle(request, (files) => handled.push({ turn: turns.now(), files }))),
    )
    turns.stop()
    expect(handled.map(({ files }) => files)).toEqual(sizes)
    expect(new Set(handled.map(({ turn }) => turn)).size).toBe(sizes.length)
  })

  test('do not hold up a short one', async () => {
    const order: number[] = []
    const requests = [4_096, 4_096, 3].map((count) => seal.requestType.decode(sealOf(count)) as unknown)
    await Promise.all(requests.map((request) => handle(request, (files) => order.push(files))))
    expect(order).toEqual([3, 4_096, 4_096])
  })

  test('are refused all the same when they are no message', async () => {
    const broken = seal.requestType.decode(sealOf(4_096).subarray(0, 200_000)) as unknown
    await expect(handle(broken, () => {})).rejects.toMatchObject({ reason: 'PROTOCOL_VIOLATION' })
  })
})

test('the messages of a stream are read when they come', () => {
  const data = Buffer.alloc(500_000)
  const chunk = { message: { $case: 'chunk' as const, chunk: { offset: 0n, data, crc32: 0 } } }
  const bytes = storage.WriteRequest.encode(storage.WriteRequest.fromPartial(chunk)).finish()
  expect(write.requestType.decode(bytes)).not.toBeInstanceOf(LongRequest)
})
