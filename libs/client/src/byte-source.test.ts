import { afterAll, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileSource } from './byte-source.js'

const top = await mkdtemp(join(tmpdir(), 'goldkeep-source-'))
afterAll(() => rm(top, { recursive: true, force: true }))

test('a file comes in pieces of the size that is asked for', async () => {
  const path = join(top, 'b.wim')
  const content = randomBytes(10_000)
  await writeFile(path, content)
  const source = await fileSource(path)
  const pieces: Uint8Array[] = []
  for await (const piece of source.pieces?.(4_096) ?? []) pieces.push(piece)
  expect(pieces.map((piece) => piece.length)).toEqual([4_096, 4_096, 1_808])
  expect(Buffer.concat(pieces).equals(content)).toBe(true)
  await source.stop()
})

test.each(['a pipe', 'a folder', 'a device'])('%s is no file, and is not opened', async (kind) => {
  const path = kind === 'a pipe' ? join(top, 'pipe') : kind === 'a folder' ? top : '/dev/zero'
  if (kind === 'a pipe') spawnSync('mkfifo', [path])
  const refusal = expect(fileSource(path)).rejects
  await refusal.toThrow(`${path}: expected a regular file`)
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
