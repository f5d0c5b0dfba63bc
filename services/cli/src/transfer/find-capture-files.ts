import { isFilePath } from '@goldkeep/domain'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { usageError } from '../cli-error.js'
import { filesBelow, type FoundFile } from './files-below.js'
import { unfinishedMark } from './replace-capture.js'

export interface CaptureFile {
  /** In the version, such as `hd0/part1.winpe.wim`. */
  readonly path: string
  /** Its path on this machine. */
  readonly file: string
  /** In bytes. */
  readonly size: number
}

/** Where legacy servers keep the id of the last upload. It is not sent, since each version has an id of its own. */
const serverFile = 'guid'

/** What file managers leave in every folder that they show. */
const managersFiles: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini'])
const isManagersFile = (path: string): boolean => managersFiles.has(basename(path).toLowerCase())

/** A folder as a capture leaves it. */
export interface CaptureDirectory {
  readonly schema: Uint8Array
  readonly files: readonly CaptureFile[]
  /** Paths that are there and are no part of a capture. */
  readonly leftOut: readonly string[]
}

/**
 * Finds `schema` and the files in `hd0/`, `hd1/`, ….
 * @throws CliError USAGE when there is no schema
 */
export async function findCaptureFiles(directory: string): Promise<CaptureDirectory> {
  await refuseUnfinished(directory)
  const schema = await readSchema(directory)
  const found = await filesBelow(directory)
  refuseLinks(directory, found)
  const paths = found
    .filter(({ path }) => path !== 'schema')
    .toSorted((one, other) => one.path.localeCompare(other.path, 'en', { numeric: true }))
  const fits = ({ entry, path }: FoundFile): boolean =>
    entry.isFile() && path.startsWith('hd') && isFilePath(path) && !isManagersFile(path)
  return {
    schema,
    files: await Promise.all(paths.filter(fits).map(({ path }) => describeFile(directory, path))),
    leftOut: paths.filter((one) => !fits(one) && one.path !== serverFile).map(({ path }) => path),
  }
}

async function refuseUnfinished(directory: string): Promise<void> {
  if (!(await exists(join(directory, unfinishedMark)))) return
  throw usageError(
    `${directory}: expected a whole capture, found a fetch that was not finished; run it again`,
  )
}

const readSchema = (directory: string): Promise<Uint8Array> =>
  readFile(join(directory, 'schema')).catch((error: NodeJS.ErrnoException) => {
    throw usageError(
      `${directory}: expected a file named schema, found none that can be read (${error.code})`,
    )
  })

function refuseLinks(directory: string, found: readonly FoundFile[]): void {
  const link = found.find(({ entry, path }) => entry.isSymbolicLink() && /^hd\d+(\/|$)/.test(path))
  if (!link) return
  throw usageError(
    `${join(directory, link.path)}: expected a file or folder of the capture, found a symbolic link; put what it leads to in its place`,
  )
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

async function describeFile(directory: string, path: string): Promise<CaptureFile> {
  const file = join(directory, path)
  return { path, file, size: (await stat(file)).size }
}
