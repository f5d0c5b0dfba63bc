import { holdsFile, saveFile, saveInRuns, type DeploymentSession, type OrderedFile } from '@goldkeep/client'
import { DomainError, schemaPath } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { formatSize } from '../output/format.js'
import type { Progress } from '../output/progress-line.js'
import { inParallel } from './in-parallel.js'
import { withProgress } from './pipe-out.js'

export interface FetchedFile {
  readonly path: string
  readonly sizeBytes: string
  readonly sha256: string
  readonly how: 'fetched' | 'skipped'
}

/** All files of the orders and the schema into a folder that then looks like a capture. */
export async function fetchAll(
  deployment: DeploymentSession,
  directory: string,
  width: number,
  progress: Progress,
): Promise<FetchedFile[]> {
  const fetched: FetchedFile[] = []
  const files = deployment.files.filter((file) => file.path !== schemaPath)
  await inParallel(width, files, async (file) => {
    fetched.push(await fetchOne(deployment, file, join(directory, file.path), progress))
  })
  // The schema comes with the orders themselves, and last: where it is, everything is.
  const { schema } = deployment.orders
  const sha256 = createHash('sha256').update(schema).digest('hex')
  const ordered = deployment.files.find((file) => file.path === schemaPath)
  if (ordered && ordered.sha256 !== sha256)
    throw new DomainError('DIGEST_MISMATCH', `schema: expected sha256 ${ordered.sha256}, found ${sha256}`)
  const target = join(directory, schemaPath)
  const there = await holdsFile(target, { size: schema.length, sha256 })
  if (!there) await saveFile(target, once(schema))
  const how = there ? 'skipped' : 'fetched'
  return [...fetched, { path: schemaPath, sizeBytes: String(schema.length), sha256, how }]
}

export async function fetchOne(
  deployment: DeploymentSession,
  file: OrderedFile,
  target: string,
  progress: Progress,
): Promise<FetchedFile> {
  const { path, size, sha256 } = file
  const line = progress.line(path, size)
  const there = await holdsFile(target, file)
  if (there) line.end(`is there already, ${formatSize(size)}`)
  else
    await saveInRuns(target, file, (prefix) => withProgress(deployment.read(file, prefix), line, prefix.size))
  return { path, sizeBytes: String(size), sha256, how: there ? 'skipped' : 'fetched' }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}
