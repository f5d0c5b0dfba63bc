import { isDomainError } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Prefix } from './read-file.js'
import { syncDirectory, writeAfter } from './save-file.js'

/** After a file's name: what a run for it, or `saveFile`, has left. */
const afterName = /^(\.[0-9a-f]{16})?\.goldkeep-part$/
const partName = /\.goldkeep-part$/
const readBytes = 1024 * 1024

/** Whether a file is what a run has left. */
export const isPart = (name: string): boolean => partName.test(name)

export interface KnownFile {
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
}

/**
 * Like `saveFile`, for a file that is known beforehand, and in as many runs as it takes: what has come when a
 * run is broken off stays beside the file's place, and the next run goes on after it. Nothing of it is
 * trusted: `read` checks the whole, and what turns out wrong is read once more from its first byte on.
 * @param read gives the bytes after the prefix, and fails with DIGEST_MISMATCH when the whole is another file
 */
export async function saveInRuns(
  path: string,
  file: KnownFile,
  read: (prefix: Prefix) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const part = await fillPart(path, file, read)
  await rename(part, path)
  await syncDirectory(dirname(path))
}

/**
 * The same without the rename: the whole file is on stable storage, beside its place.
 * @returns where it is
 */
export async function fillPart(
  path: string,
  file: KnownFile,
  read: (prefix: Prefix) => AsyncIterable<Uint8Array>,
): Promise<string> {
  const part = `${path}.${file.sha256.slice(0, 16)}.goldkeep-part`
  await mkdir(dirname(path), { recursive: true })
  await removeOtherParts(path, part)
  const handle = await open(part, constants.O_RDWR | constants.O_CREAT)
  try {
    await fill(handle, file, read)
    await handle.sync()
    await handle.close()
    return part
  } catch (error) {
    await handle.close().catch(() => {})
    if (isDomainError(error, 'DIGEST_MISMATCH')) await rm(part, { force: true })
    throw error
  }
}

async function fill(
  handle: FileHandle,
  file: KnownFile,
  read: (prefix: Prefix) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const prefix = await prefixOf(handle, file)
  try {
    await writeAfter(handle, prefix.size, read(prefix))
  } catch (error) {
    // The machine may have lost its power in an earlier run.
    if (prefix.size === 0 || !isDomainError(error, 'DIGEST_MISMATCH')) throw error
    await handle.truncate(0)
    await writeAfter(handle, 0, read({ size: 0, hash: createHash('sha256') }))
  }
}

/** What an earlier run has left, without what cannot belong to the file. */
async function prefixOf(handle: FileHandle, { size }: KnownFile): Promise<Prefix> {
  const hash = createHash('sha256')
  const found = (await handle.stat()).size
  if (found > size) await handle.truncate(0)
  const buffer = Buffer.allocUnsafe(readBytes)
  let position = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return { size: position, hash }
    hash.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

/** What runs for other versions of the file have left. */
async function removeOtherParts(path: string, part: string): Promise<void> {
  const directory = dirname(path)
  const name = basename(path)
  for (const entry of await readdir(directory)) {
    const isPart = entry.startsWith(name) && afterName.test(entry.slice(name.length))
    if (isPart && entry !== basename(part)) await rm(join(directory, entry), { force: true })
  }
}
