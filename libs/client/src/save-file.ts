import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file beside its place and renames it when all of it is on stable storage: at `path` there is
 * the whole file or what was there before.
 */
export async function saveFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.goldkeep-part`
  await mkdir(dirname(path), { recursive: true })
  const file = await open(temporary, 'w')
  try {
    for await (const data of bytes) await writeAll(file, data)
    await file.sync()
    await file.close()
    await rename(temporary, path)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

/** Whether the file is there already with these bytes. */
export async function holdsFile(path: string, expected: { size: number; sha256: string }): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile() || found.size !== expected.size) return false
  return (await sha256OfFile(path)) === expected.sha256
}

/** Lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const data of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(data as Uint8Array)
  return hash.digest('hex')
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, data: Uint8Array): Promise<void> {
  for (let written = 0; written < data.length;) {
    const { bytesWritten } = await file.write(data, written)
    written += bytesWritten
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories; its renames need no such step.
  const directory = await open(path, 'r').catch(() => undefined)
  await directory?.sync().catch(() => {})
  await directory?.close()
}
