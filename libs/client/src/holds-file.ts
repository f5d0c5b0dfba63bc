import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/**
 * Whether the file is there already with these bytes.
 * @throws AbortError when the signal aborts
 */
export async function holdsFile(
  path: string,
  expected: { size: number; sha256: string },
  signal?: AbortSignal,
): Promise<boolean> {
  signal?.throwIfAborted()
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile() || found.size !== expected.size) return false
  return (await sha256OfFile(path, signal)) === expected.sha256
}

/**
 * Lower-case hex.
 * @throws AbortError when the signal aborts: a large file takes minutes
 */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const data of createReadStream(path, { highWaterMark: 1024 * 1024, signal }))
    hash.update(data as Uint8Array)
  return hash.digest('hex')
}
