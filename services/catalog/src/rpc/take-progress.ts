import { catalog, sha256FromProto } from '@goldkeep/contracts'
import type { Kysely } from 'kysely'
import type { Times } from '../domain/times.js'
import type { DB, UploadFileState } from '../db/tables.js'
import { reportRead, reportUpload, reportVolume, type ReportedFile } from '../operations/report-progress.js'
import { fileStates } from './encode-upload.js'

/** Each upload and each read in a transaction of its own: one that fails holds up no other. */
export async function takeProgress(
  db: Kysely<DB>,
  report: catalog.ReportProgressRequest,
  times: Times,
): Promise<{ endedDeploymentIds: string[] }> {
  const { volumeId, capacityBytes, freeBytes } = report
  const room = { volumeId, capacityBytes: Number(capacityBytes), freeBytes: Number(freeBytes) }
  await db.transaction().execute((trx) => reportVolume(trx, room))
  for (const { versionId, files, lastByteTime } of report.uploads) {
    const upload = { versionId, files: files.map(decodeFile), lastByteTime }
    await db.transaction().execute((trx) => reportUpload(trx, upload, times))
  }
  const endedDeploymentIds: string[] = []
  for (const { deploymentId, bytesRead, lastReadTime } of report.reads) {
    const read = { deploymentId, bytesRead: Number(bytesRead), lastReadTime }
    const isOpen = await db.transaction().execute((trx) => reportRead(trx, read, times))
    if (!isOpen) endedDeploymentIds.push(deploymentId)
  }
  return { endedDeploymentIds }
}

const stateWords = new Map<catalog.UploadFileState, UploadFileState>(
  Object.entries(fileStates).map(([word, value]) => [value, word as UploadFileState]),
)

function decodeFile(file: catalog.UploadFile): ReportedFile {
  return {
    path: file.path,
    state: stateWords.get(file.state) ?? 'STOPPED',
    attemptId: file.attemptId,
    committedSize: Number(file.committedSize),
    expectedSize: Number(file.expectedSize),
    digest: file.digest ? sha256FromProto(file.digest) : null,
    failure: file.failure,
  }
}
