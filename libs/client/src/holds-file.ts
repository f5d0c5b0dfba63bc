import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

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
