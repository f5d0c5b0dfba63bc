import { expect, test } from '@jest/globals'
import { PassThrough } from 'node:stream'
import { inPieces } from './in-pieces.js'

async function* of(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part))
}

async function texts(bytes: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = []
  for await (const piece of bytes) found.push(Buffer.from(piece).toString())
  return found
}

async function takeOne(pieces: AsyncGenerator<Uint8Array, void>): Promise<Uint8Array> {
  const next = await pieces.next()
  return next.done ? Buffer.alloc(0) : next.value
}

test('small parts are joined and large ones cut', async () => {
  expect(await texts(inPieces(of('a', 'bc', 'defghij', 'k'), 4))).toEqual(['abcd', 'efgh', 'ijk'])
  expect(await texts(inPieces(of('abcd'), 4))).toEqual(['abcd'])
  expect(await texts(inPieces(of(), 4))).toEqual([])
})

test('what a slow source has made goes on its way without the rest', async () => {
  const pipe = new PassThrough()
  const pieces = inPieces(pipe, 1_000_000, 20)
  const next = async (): Promise<string> => Buffer.from(await takeOne(pieces)).toString()
  pipe.write('ab')
  expect(await next()).toBe('ab')
  pipe.write('c')
  expect(await next()).toBe('c')
  pipe.end('d')
  expect(await next()).toBe('d')
  expect(await pieces.next()).toMatchObject({ done: true })
})

test('a few bytes of a slow source do not keep a whole piece in memory', async () => {
  const pipe = new PassThrough()
  const pieces = inPieces(pipe, 1_000_000, 20)
  pipe.write('ab')
  expect((await takeOne(pieces)).buffer.byteLength).toBeLessThan(100)
  pipe.destroy()
})

test('a source that fails fails its pieces, also while nobody waits for it', async () => {
  const pipe = new PassThrough()
  const pieces = inPieces(pipe, 1_000_000, 20)
  pipe.write('ab')
  await pieces.next()
  pipe.destroy(new Error('the disk is on fire'))
  await expect(pieces.next()).rejects.toThrow('the disk is on fire')
})
