import { afterAll, expect, test } from '@jest/globals'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileSource, inPieces } from './byte-source.js'

const top = await mkdtemp(join(tmpdir(), 'goldkeep-source-'))
afterAll(() => rm(top, { recursive: true, force: true }))

async function* of(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part))
}

async function texts(bytes: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = []
  for await (const piece of bytes) found.push(Buffer.from(piece).toString())
  return found
}

test('small pieces are joined and large ones cut', async () => {
  expect(await texts(inPieces(of('a', 'bc', 'defghij', 'k'), 4))).toEqual(['abcd', 'efgh', 'ijk'])
  expect(await texts(inPieces(of('abcd'), 4))).toEqual(['abcd'])
  expect(await texts(inPieces(of(), 4))).toEqual([])
})

test('a file that changes while it is read is no file to upload', async () => {
  const path = join(top, 'a.wim')
  await writeFile(path, Buffer.alloc(3 * 1024 * 1024, 1))
  const source = await fileSource(path)
  const read = async (): Promise<void> => {
    for await (const _piece of source.bytes) await appendFile(path, 'more')
  }
  await expect(read()).rejects.toMatchObject({ reason: 'SIZE_MISMATCH' })
  await source.stop()
})
