import { catalog, limitItem, sha256FromProto } from '@goldkeep/contracts'
import { cleanText, textLimits } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import type { Times } from '../domain/times.js'
import type { ReadRanges } from '../db/deployment-reads-queries.js'
import type { DB, UploadFileState } from '../db/tables.js'
import { reportRead, reportUpload, reportVolume, type ReportedFile } from '../operations/report-progress.js'
import { isTransient } from './database-faults.js'
import { fileStates } from './encode-upload.js'

interface Answer {
  readonly endedDeploymentIds: string[]
  readonly refused: catalog.RefusedItem[]
}

/**
 * Each upload and each read in a transaction of its own: an item that cannot be taken is named in the answer and
 * holds up no other. Only a database that is away fails the whole report, which is then sent again. No further item
 * is taken once the call has ended.
 */
export async function takeProgress(
  db: Kysely<DB>,
  report: catalog.ReportProgressRequest,
  times: Times,
  signal: AbortSignal,
): Promise<Answer> {
  const answer: Answer = { endedDeploymentIds: [], refused: [] }
  await takeItem(answer, report.volumeId, async () => {
    if (report.troubles) limitItem(report.troubles)
    const volume = { ...report, ...spaceOf(report), troubles: report.troubles?.sentences }
    await db.transaction().execute((trx) => reportVolume(trx, volume, times))
  })
  for (const item of report.uploads) {
    signal.throwIfAborted()
    await takeItem(answer, item.versionId, async () => {
      limitItem(item)
      const { versionId, files, lastByteTime } = item
      const upload = { versionId, files: files.map(decodeFile), lastByteTime }
      await db.transaction().execute((trx) => reportUpload(trx, upload, times))
    })
  }
  for (const item of report.reads) {
    signal.throwIfAborted()
    await takeItem(answer, item.deploymentId, async () => {
      limitItem(item)
      const { deploymentId, files, lastReadTime } = item
      const read = { deploymentId, files: files.map(decodeRanges), lastReadTime }
      const hasEnded = await db.transaction().execute((trx) => reportRead(trx, read, times))
      if (hasEnded) answer.endedDeploymentIds.push(deploymentId)
    })
  }
  return answer
}

async function takeItem(answer: Answer, subjectId: string, take: () => Promise<void>): Promise<void> {
  try {
    await take()
  } catch (error) {
    if (isTransient(error)) throw error
    const reason = cleanText(error instanceof Error ? error.message : String(error), textLimits.name)
    answer.refused.push({ subjectId, reason })
  }
}

const spaceOf = ({ capacityBytes, freeBytes }: catalog.ReportProgressRequest) => ({
  capacityBytes: Number(capacityBytes),
  freeBytes: Number(freeBytes),
})

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

const decodeRanges = ({ path, ranges }: catalog.FileRead): ReadRanges => ({
  path,
  ranges: ranges.map(({ start, end }) => ({ start: Number(start), end: Number(end) })),
})
