import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RandomAccess } from '../src/index.js'

const run = promisify(execFile)

/** The bytes of a real WIM of a few small files, captured by wimlib-imagex with these parameters. */
export async function captureWim(...parameters: string[]): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'goldkeep-wim-'))
  try {
    const source = join(directory, 'source')
    const file = join(directory, 'captured.wim')
    await mkdir(join(source, 'Users'), { recursive: true })
    for (let index = 0; index < 5; index += 1)
      await writeFile(join(source, 'Users', `file-${index}`), randomBytes(40_000))
    await run('wimlib-imagex', ['capture', source, file, 'golden', ...parameters])
    return await readFile(file)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Bytes in memory as a file. */
export const inMemory = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})
