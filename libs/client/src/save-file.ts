import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
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
    await writeAfter(file, 0, bytes)
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

/** Writes the bytes from a position on. */
export async function writeAfter(
  file: FileHandle,
  position: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  let end = position
  for await (const data of bytes)
    for (let written = 0; written < data.length;) {
      const { bytesWritten } = await file.write(data, written, data.length - written, end)
      written += bytesWritten
      end += bytesWritten
    }
}

export async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories; its renames need no such step.
  const directory = await open(path, 'r').catch(() => undefined)
  await directory?.sync().catch(() => {})
  await directory?.close()
}
