import { expect, test } from '@jest/globals'
import { crc32 } from 'node:zlib'
import { Outbox } from './outbox.js'

const never = new AbortController().signal
const bytes = (text: string): Uint8Array => Buffer.from(text)

async function pieceAt(outbox: Outbox, offset: number): Promise<string> {
  const next = await outbox.next(offset, 1_000, never)
  if (next.kind !== 'piece') throw new Error(`expected a piece, found ${next.kind}`)
  expect(next.piece.crc32).toBe(crc32(next.piece.data))
  expect(next.piece.offset).toBe(offset)
  return Buffer.from(next.piece.data).toString()
}

test('a second connection gets again what the first one lost, from any uncommitted offset', async () => {
  const outbox = new Outbox(0, 100)
  await outbox.append(bytes('abcd'), never)
  await outbox.append(bytes('efgh'), never)
  expect(await pieceAt(outbox, 0)).toBe('abcd')
  expect(await pieceAt(outbox, 4)).toBe('efgh')
  outbox.commit(4)
  expect(await pieceAt(outbox, 4)).toBe('efgh')
  expect(await pieceAt(outbox, 6)).toBe('gh')
  outbox.commit(6)
  expect(await pieceAt(outbox, 6)).toBe('gh')
})

test('bytes that storage has acknowledged and lost are a plain error, and not waited for', async () => {
  const outbox = new Outbox(0, 100)
  await outbox.append(bytes('abcd'), never)
  outbox.commit(4)
  await expect(outbox.next(2, 1_000, never)).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
})

test('the source waits while too much is uncommitted, and goes on after a commit', async () => {
  const outbox = new Outbox(0, 4)
  await outbox.append(bytes('abcd'), never)
  let taken = false
  const waiting = outbox.append(bytes('ef'), never).then(() => (taken = true))
  await new Promise(setImmediate)
  expect(taken).toBe(false)
  outbox.commit(2)
  await waiting
  expect(await pieceAt(outbox, 4)).toBe('ef')
})

test('what storage has already is not kept, also when it is read only later', async () => {
  const outbox = new Outbox(0, 100)
  outbox.commit(6)
  await outbox.append(bytes('abcd'), never)
  await outbox.append(bytes('efgh'), never)
  expect(await pieceAt(outbox, 6)).toBe('gh')
})

test('the end comes after the last byte, a failure at once', async () => {
  const outbox = new Outbox(0, 100)
  await outbox.append(bytes('ab'), never)
  outbox.end({ kind: 'whole', size: 2, sha256: 'x' })
  expect(await pieceAt(outbox, 0)).toBe('ab')
  expect(await outbox.next(2, 1_000, never)).toMatchObject({ kind: 'whole', size: 2 })

  const failing = new Outbox(0, 100)
  failing.end({ kind: 'failed', error: new Error('gone') })
  expect(await failing.next(0, 1_000, never)).toMatchObject({ kind: 'failed' })
})

test('nothing for a while is idle; an abort ends the waiting', async () => {
  const outbox = new Outbox(0, 100)
  expect(await outbox.next(0, 5, never)).toEqual({ kind: 'idle' })
  const controller = new AbortController()
  const waiting = outbox.next(0, 60_000, controller.signal)
  controller.abort()
  await expect(waiting).rejects.toThrow('aborted')
})
