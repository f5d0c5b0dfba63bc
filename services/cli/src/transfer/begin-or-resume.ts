import { beginUpload, resumeUpload, type UploadSession } from '@goldkeep/client'
import { catalog } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { agentName } from '../agent-name.js'
import type { Session } from '../session.js'
import { beginFields, type CaptureOptions } from './capture-options.js'
import type { CaptureDirectory } from './find-capture-files.js'

export interface DirectoryUpload {
  readonly upload: UploadSession
  readonly resumed: boolean
  /** Called when there is nothing to go on with any more. */
  readonly forget: () => Promise<void>
}

/** Begins the upload of a folder, or goes on with the one that was begun from it and is still open. */
export async function beginOrResume(
  session: Session,
  directory: string,
  { schema, files }: CaptureDirectory,
  imageId: string,
  options: CaptureOptions,
): Promise<DirectoryUpload> {
  const connection = await session.catalog()
  const memory = await memoryOf(session, directory, schema, imageId)
  const forget = () => rm(memory, { force: true })
  const known = options.replace ? undefined : await readFile(memory, 'utf8').catch(() => undefined)
  if (known !== undefined && (await isOpen(session, known))) {
    const upload = resumeUpload(connection, known, session.transferRetry)
    await upload.open(schema)
    return { upload, resumed: true, forget }
  }
  const image = await connection.images.get({ imageId })
  const fields = beginFields({ ...options, resume: !options.replace }, image)
  // By the sizes the catalog finds out whether there is room, before anything is sent.
  const expectedSizes = files.map(({ path, size }) => ({ path, size: BigInt(size) }))
  const request = { ...fields, schema, expectedSizes, agent: agentName }
  const begun = await beginUpload(connection, request, session.transferRetry)
  await mkdir(dirname(memory), { recursive: true })
  await writeFile(memory, begun.session.versionId)
  return { upload: begun.session, resumed: begun.answer.resumed, forget }
}

async function isOpen(session: Session, versionId: string): Promise<boolean> {
  const { uploads } = await session.catalog()
  try {
    const { lifecycle, pendingEnd } = await uploads.get({ versionId })
    return lifecycle === catalog.Lifecycle.LIFECYCLE_UPLOADING && !pendingEnd
  } catch (error) {
    if (isDomainError(error, 'UPLOAD_NOT_FOUND') || isDomainError(error, 'VERSION_NOT_FOUND')) return false
    throw error
  }
}

/** One small file for each folder, schema and image of a house. */
async function memoryOf(
  session: Session,
  directory: string,
  schema: Uint8Array,
  imageId: string,
): Promise<string> {
  const { address } = await session.context()
  const key = createHash('sha256')
    .update(JSON.stringify([address, await realpath(directory), imageId.toLowerCase()]))
    .update(schema)
    .digest('hex')
  return join(session.stateDirectory, 'directories', key.slice(0, 32))
}
