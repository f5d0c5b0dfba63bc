import {
  fillPart,
  holdsFile,
  syncDirectory,
  type DeploymentSession,
  type OrderedFile,
} from '@goldkeep/client'
import { DomainError, exitCodes, schemaPath } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { lstat, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.js'
import { formatSize } from '../output/format.js'
import type { Progress } from '../output/progress-line.js'
import { inParallel } from './in-parallel.js'
import { lockFolder } from './lock-folder.js'
import { withProgress } from './pipe-out.js'
import { refuseObstacles, refuseOtherThanFolder } from './refuse-obstacles.js'
import { replaceCapture, type Replaced } from './replace-capture.js'

export interface FetchedFile {
  readonly path: string
  readonly sizeBytes: string
  readonly sha256: string
  readonly how: 'fetched' | 'skipped'
}

export interface FetchedFolder extends Replaced {
  readonly files: readonly FetchedFile[]
}

/**
 * All files of the orders and the schema into a folder that then looks like a capture. What the folder held
 * before stays whole until all of the new files are on stable storage beside it.
 */
export async function fetchAll(
  deployment: DeploymentSession,
  directory: string,
  width: number,
  progress: Progress,
): Promise<FetchedFolder> {
  const schema = schemaOf(deployment)
  const files = deployment.files.filter((file) => file.path !== schemaPath)
  const paths = files.map((file) => file.path)
  await refuseOtherThanFolder(directory)
  await mkdir(directory, { recursive: true })
  const unlock = await lockFolder(directory, ['', ...paths])
  try {
    await refuseObstacles(directory, paths)
    const fetched: FetchedFile[] = []
    const parts = new Map<string, string>()
    await inParallel(width, files, async (file) => {
      const part = await fetchBeside(deployment, file, join(directory, file.path), progress)
      if (part !== undefined) parts.set(file.path, part)
      fetched.push(fetchedFile(file, part !== undefined))
    })
    const versionId = deployment.orders.deployment?.versionId ?? ''
    const replaced = await replaceCapture(directory, { versionId, schema: schema.bytes, paths, parts })
    return { files: [...fetched, fetchedFile(schema, replaced.isSchemaNew)], ...replaced }
  } finally {
    unlock()
  }
}

/** The schema comes with the orders themselves. */
function schemaOf({ orders, files }: DeploymentSession): OrderedFile & { readonly bytes: Uint8Array } {
  const bytes = orders.schema
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const ordered = files.find((file) => file.path === schemaPath)
  if (ordered && ordered.sha256 !== sha256)
    throw new DomainError('DIGEST_MISMATCH', `schema: expected sha256 ${ordered.sha256}, found ${sha256}`)
  return { path: schemaPath, size: bytes.length, sha256, bytes }
}

/**
 * One file into its place in a folder.
 * @throws CliError MIXED_VERSIONS where the folder is the whole capture of another version
 */
export async function fetchOne(
  deployment: DeploymentSession,
  file: OrderedFile,
  directory: string,
  progress: Progress,
): Promise<FetchedFile> {
  const target = join(directory, file.path)
  await refuseOtherThanFolder(directory)
  await mkdir(directory, { recursive: true })
  const unlock = await lockFolder(directory, [file.path])
  try {
    await refuseObstacles(directory, [file.path])
    await refuseMixture(deployment, file, directory)
    const part = await fetchBeside(deployment, file, target, progress)
    if (part !== undefined) await rename(part, target)
    await syncDirectory(dirname(target))
    return fetchedFile(file, part !== undefined)
  } finally {
    unlock()
  }
}

/** A folder with a schema is taken for a whole capture: no file of another version may come into it. */
async function refuseMixture(
  deployment: DeploymentSession,
  file: OrderedFile,
  directory: string,
): Promise<void> {
  const exists = (path: string): Promise<boolean> =>
    lstat(join(directory, path)).then(
      () => true,
      () => false,
    )
  if (file.path !== schemaPath && !(await exists(schemaPath))) return
  for (const other of [...deployment.files, schemaOf(deployment)]) {
    if (other.path === file.path || !(await exists(other.path))) continue
    if (await holdsFile(join(directory, other.path), other, deployment.signal)) continue
    const message = `${directory} holds a capture whose ${other.path} is of another version; use --to without --file, or another folder`
    throw new CliError('MIXED_VERSIONS', message, exitCodes.conflict, { directory, path: other.path })
  }
}

/** Gets a file beside its place; says where, or nothing when it is in its place already. */
async function fetchBeside(
  deployment: DeploymentSession,
  file: OrderedFile,
  target: string,
  progress: Progress,
): Promise<string | undefined> {
  const line = progress.line(file.path, file.size)
  if (await holdsFile(target, file, deployment.signal)) {
    line.end(`is there already, ${formatSize(file.size)}`)
    return undefined
  }
  return fillPart(target, file, (prefix) => withProgress(deployment.read(file, prefix), line, prefix.size))
}

function fetchedFile({ path, size, sha256 }: OrderedFile, isNew: boolean): FetchedFile {
  return { path, sizeBytes: String(size), sha256, how: isNew ? 'fetched' : 'skipped' }
}
