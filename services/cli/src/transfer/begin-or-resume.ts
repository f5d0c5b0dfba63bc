import { resumeUpload, type UploadSession } from '@goldkeep/client'
import { catalog } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { agentName } from '../agent-name.js'
import type { Session } from '../session.js'
import { beginOnce } from './begin-once.js'
import { beginFields, type CaptureOptions } from './capture-options.js'
import type { CaptureDirectory } from './find-capture-files.js'
import { findUpload, isOpen } from './find-upload.js'
import type { SentFile } from './send-file.js'
import { matchSealed } from './match-sealed.js'
import { isLost, presenceWord } from '../views/words.js'
import { UploadRecords } from './upload-records.js'

export interface DirectoryUpload {
  readonly upload: UploadSession
  readonly resumed: boolean
  /** The files of the folder, when an earlier run sealed the upload and was broken off before its end. */
  readonly sealedFiles: readonly SentFile[] | undefined
  /** Called when the command has said what became of the upload. */
  readonly forget: () => Promise<void>
}

/**
 * Begins the upload of a folder, or goes on with the one that an earlier run began from it and did not bring to
 * its end: one that is open, or one that is sealed with the very files of the folder.
 */
export async function beginOrResume(
  session: Session,
  directory: string,
  capture: CaptureDirectory,
  imageId: string,
  options: CaptureOptions,
): Promise<DirectoryUpload> {
  const memory = await memoryOf(session, directory, capture.schema, imageId)
  const known = await readFile(memory, 'utf8').catch(() => '')
  const forget = async (versionId: string): Promise<void> => {
    await new UploadRecords(session.stateDirectory).forget(versionId)
    await rm(memory, { force: true })
  }
  const found = known === '' ? undefined : await goOnWith(session, known, capture, options)
  if (found) return { ...found, resumed: true, forget: () => forget(known) }

  const connection = await session.catalog()
  const image = await connection.images.get({ imageId })
  const fields = beginFields({ ...options, resume: !options.replace }, image)
  // By the sizes the catalog finds out whether there is room, before anything is sent.
  const expectedSizes = capture.files.map(({ path, size }) => ({ path, size: BigInt(size) }))
  const request = { ...fields, schema: capture.schema, expectedSizes, agent: agentName }
  await mkdir(dirname(memory), { recursive: true })
  const begun = await beginOnce(session, request, memory, (versionId) => writeFile(memory, versionId))
  await begun.forgetRequest()
  const upload = begun.session
  return {
    upload,
    resumed: begun.answer.resumed,
    sealedFiles: undefined,
    forget: () => forget(upload.versionId),
  }
}

async function goOnWith(
  session: Session,
  versionId: string,
  capture: CaptureDirectory,
  { replace }: CaptureOptions,
): Promise<Pick<DirectoryUpload, 'upload' | 'sealedFiles'> | undefined> {
  const known = await findUpload(session, versionId)
  if (!known) return undefined
  const connection = await session.catalog()
  if (replace) {
    if (isOpen(known)) await connection.uploads.abort({ versionId, reason: 'replaced' })
    return undefined
  }
  const upload = resumeUpload(connection, versionId, session.transferRetry)
  if (isOpen(known)) {
    await upload.open(capture.schema)
    return { upload, sealedFiles: undefined }
  }
  if (known.lifecycle !== catalog.Lifecycle.LIFECYCLE_SEALED) return undefined
  const name = `${known.imageId}@${known.number}`
  const lost = await lossOf(session, upload)
  if (lost !== undefined) {
    session.say(`${name} was sealed from this folder and is ${lost}; this makes another version`)
    return undefined
  }
  const sealedFiles = await matchSealed(session, versionId, capture)
  if (sealedFiles) return { upload, sealedFiles }
  session.say(`${name} was sealed from this folder, which has changed since; this makes another version`)
  return undefined
}

/** The word for a version whose bytes cannot be had any more; nothing where they can. */
async function lossOf(session: Session, upload: UploadSession): Promise<string | undefined> {
  const { versions } = await session.catalog()
  const { presence } = await versions.get({ by: { $case: 'versionId', value: upload.versionId } })
  if (isLost(presence)) return presenceWord(presence)
  // The catalog hears of a loss only when somebody has met it.
  const isThere = await upload.status().catch((error: unknown) => {
    if (isDomainError(error, 'UPLOAD_NOT_FOUND') || isDomainError(error, 'VERSION_NOT_FOUND'))
      return undefined
    throw error
  })
  return isThere ? undefined : 'MISSING'
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
