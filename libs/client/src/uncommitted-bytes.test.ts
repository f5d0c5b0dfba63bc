import { expect, test } from '@jest/globals'
import { crc32 } from 'node:zlib'
import { UncommittedBytes } from './uncommitted-bytes.js'

const never = new AbortController().signal
const bytes = (text: string): Uint8Array => Buffer.from(text)

async function pieceAt(uncommitted: UncommittedBytes, offset: number): Promise<string> {
  const next = await uncommitted.next(offset, 1_000, never)
  if (next.kind !== 'piece') throw new Error(`expected a piece, found ${next.kind}`)
  expect(next.piece.crc32).toBe(crc32(next.piece.data))
  expect(next.piece.offset).toBe(offset)
  return Buffer.from(next.piece.data).toString()
}

test('a second connection gets again what the first one lost, from any uncommitted offset', async () => {
  const uncommitted = new UncommittedBytes(0, 100)
  await uncommitted.append(bytes('abcd'), never)
  await uncommitted.append(bytes('efgh'), never)
  expect(await pieceAt(uncommitted, 0)).toBe('abcd')
  expect(await pieceAt(uncommitted, 4)).toBe('efgh')
  uncommitted.commit(4)
  expect(await pieceAt(uncommitted, 4)).toBe('efgh')
  expect(await pieceAt(uncommitted, 6)).toBe('gh')
  uncommitted.commit(6)
  expect(await pieceAt(uncommitted, 6)).toBe('gh')
})

test('bytes that storage has acknowledged and lost are a plain error, and not waited for', async () => {
  const uncommitted = new UncommittedBytes(0, 100)
  await uncommitted.append(bytes('abcd'), never)
  uncommitted.commit(4)
  await expect(uncommitted.next(2, 1_000, never)).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
})

test('the source waits while too much is uncommitted, and goes on after a commit', async () => {
  const uncommitted = new UncommittedBytes(0, 4)
  await uncommitted.append(bytes('abcd'), never)
  let taken = false
  const waiting = uncommitted.append(bytes('ef'), never).then(() => (taken = true))
  await new Promise(setImmediate)
  expect(taken).toBe(false)
  uncommitted.commit(2)
  await waiting
  expect(await pieceAt(uncommitted, 4)).toBe('ef')
})

test('what storage has already is not kept, also when it is read only later', async () => {
  const uncommitted = new UncommittedBytes(0, 100)
  uncommitted.commit(6)
  await uncommitted.append(bytes('abcd'), never)
  await uncommitted.append(bytes('efgh'), never)
  expect(await pieceAt(uncommitted, 6)).toBe('gh')
})

test('the end comes after the last byte, a failure at once', async () => {
  const uncommitted = new UncommittedBytes(0, 100)
  await uncommitted.append(bytes('ab'), never)
  uncommitted.end({ kind: 'whole', size: 2, sha256: 'x' })
  expect(await pieceAt(uncommitted, 0)).toBe('ab')
  expect(await uncommitted.next(2, 1_000, never)).toMatchObject({ kind: 'whole', size: 2 })

  const failing = new UncommittedBytes(0, 100)
  failing.end({ kind: 'failed', error: new Error('gone') })
  expect(await failing.next(0, 1_000, never)).toMatchObject({ kind: 'failed' })
})

test('nothing for a while is idle; an abort ends the waiting', async () => {
  const uncommitted = new UncommittedBytes(0, 100)
  expect(await uncommitted.next(0, 5, never)).toEqual({ kind: 'idle' })
  const controller = new AbortController()
  const waiting = uncommitted.next(0, 60_000, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toThrow('aborted')
})
