import { holdsFile, isPart, saveFile, syncDirectory } from '@goldkeep/client'
import { isFilePath, schemaPath } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { filesBelow, pathBelow } from './files-below.js'

/** In a folder that is neither the old capture nor the new one. */
export const unfinishedMark = 'goldkeep-unfinished.txt'
const asidePrefix = 'goldkeep-replaced-'

export interface NewCapture {
  readonly versionId: string
  readonly schema: Uint8Array
  /** All paths of the version, without the schema's. */
  readonly paths: readonly string[]
  /** Files that are whole beside their places, by path. */
  readonly parts: ReadonlyMap<string, string>
}

export interface Replaced {
  readonly isSchemaNew: boolean
  /** The folder with the files of another capture, when there were any. */
  readonly aside: string | undefined
  /** Files that belong to no capture, and stay. */
  readonly foreign: readonly string[]
}

/**
 * Makes a folder the new capture, when all its files are on stable storage already. Clients read the schema
 * first, so that it goes first and comes back last: whenever this is broken off, the folder is the whole old
 * capture, the whole new one, or has no schema. Files of another capture that the new one does not have are
 * moved aside, since a client might take them for partitions of this one.
 */
export async function replaceCapture(directory: string, capture: NewCapture): Promise<Replaced> {
  const { schema, parts } = capture
  const found = await lookAt(directory, capture)
  const sha256 = createHash('sha256').update(schema).digest('hex')
  const schemaFile = join(directory, schemaPath)
  const isSchemaNew = !(await holdsFile(schemaFile, { size: schema.length, sha256 }))
  const { foreign, others } = found
  for (const part of found.oldParts) await rm(join(directory, part), { force: true })
  if (!isSchemaNew && parts.size === 0 && others.length === 0 && !found.isMarked)
    return { isSchemaNew, aside: undefined, foreign }
  await saveFile(join(directory, unfinishedMark), once(Buffer.from(markText(capture.versionId))))
  await rm(schemaFile, { force: true })
  await syncDirectory(directory)
  const aside = await moveAside(directory, others)
  for (const [path, part] of parts) await rename(part, join(directory, path))
  for (const disk of new Set([...parts.keys()].map(dirname))) await syncDirectory(join(directory, disk))
  await saveFile(schemaFile, once(schema))
  await rm(join(directory, unfinishedMark), { force: true })
  await syncDirectory(directory)
  return { isSchemaNew, aside, foreign }
}

interface Found {
  /** Files of another capture that the new one does not replace. */
  readonly others: readonly string[]
  readonly oldParts: readonly string[]
  readonly foreign: readonly string[]
  readonly isMarked: boolean
}

async function lookAt(directory: string, { paths, parts }: NewCapture): Promise<Found> {
  const found = await filesBelow(directory)
  const all = found
    .map(({ path }) => path)
    .filter((path) => path !== schemaPath && !path.startsWith(asidePrefix))
  const known = new Set([...paths, ...[...parts.keys()]])
  const mine = new Set([...parts.values()].map((part) => pathBelow(directory, part)))
  const oldParts = all.filter((path) => isPart(path) && !mine.has(path))
  const rest = all.filter((path) => !isPart(path) && !known.has(path) && path !== unfinishedMark)
  return {
    others: rest.filter((path) => isFilePath(path)),
    oldParts,
    foreign: rest.filter((path) => !isFilePath(path)),
    isMarked: all.includes(unfinishedMark),
  }
}

async function moveAside(directory: string, paths: readonly string[]): Promise<string | undefined> {
  if (paths.length === 0) return undefined
  const aside = await mkdtemp(join(directory, asidePrefix))
  for (const path of paths) {
    await mkdir(dirname(join(aside, path)), { recursive: true })
    await rename(join(directory, path), join(aside, path))
    await syncDirectory(dirname(join(directory, path)))
  }
  return aside
}

function markText(versionId: string): string {
  return (
    `Goldkeep was changing this folder to version ${versionId} and was ended before it was done.\n` +
    'The folder is no whole capture until the same `goldkeep deploy fetch` has been run to its end.\n'
  )
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}
