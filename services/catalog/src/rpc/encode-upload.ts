import { catalog, lifecycleWords, sha256ToProto } from '@goldkeep/contracts'
import { cleanText, textLimits } from '@goldkeep/domain'
import type { UploadFileRow, UploadFileState } from '../db/tables.js'
import type { UploadView } from '../db/uploads-queries.js'
import { encodeActor, encodeMachine } from './encode-common.js'

export const fileStates = {
  RECEIVING: catalog.UploadFileState.UPLOAD_FILE_STATE_RECEIVING,
  STOPPED: catalog.UploadFileState.UPLOAD_FILE_STATE_STOPPED,
  FAILED: catalog.UploadFileState.UPLOAD_FILE_STATE_FAILED,
  COMPLETE: catalog.UploadFileState.UPLOAD_FILE_STATE_COMPLETE,
} as const satisfies Record<UploadFileState, catalog.UploadFileState>

export function encodeUpload(upload: UploadView): catalog.Upload {
  const { version, files, expiresAt } = upload
  return {
    versionId: version.versionId,
    imageId: version.imageId,
    number: version.number,
    lifecycle: lifecycleWords.toProto(version.lifecycle),
    files: files.map((file) => encodeUploadFile(file, failureBytesOf(files.length))),
    committedBytes: BigInt(files.reduce((sum, file) => sum + file.committedSize, 0)),
    source: version.source ? encodeMachine(version.source) : undefined,
    agent: version.agent,
    actor: encodeActor(version.createdBy),
    volume: { volumeId: upload.volumeId, address: upload.address },
    beginTime: version.createdAt,
    lastByteTime: upload.lastByteAt ?? undefined,
    expireTime: expiresAt,
    expiresIn: BigInt(upload.expiresIn),
    pendingEnd: encodePendingEnd(upload),
  }
}

function encodePendingEnd({ version }: UploadView): catalog.PendingUploadEnd | undefined {
  if (version.pendingOutcome === null) return undefined
  return {
    outcome: lifecycleWords.toProto(version.pendingOutcome),
    since: version.pendingSince ?? undefined,
  }
}

/** Of all failures of one upload together, so that one of thousands of files fits into a message. */
const allFailuresBytes = 256 * 1024
const failureBytesOf = (files: number): number =>
  Math.max(64, Math.min(textLimits.prose, Math.floor(allFailuresBytes / files)))

const encodeUploadFile = (file: UploadFileRow, failureBytes: number): catalog.UploadFile => ({
  path: file.path,
  state: fileStates[file.state],
  attemptId: file.attemptId,
  committedSize: BigInt(file.committedSize),
  expectedSize: BigInt(file.expectedSize),
  digest: file.digest ? sha256ToProto(file.digest) : undefined,
  failure: cleanText(file.failure, failureBytes, 'multi-line'),
  updateTime: file.updatedAt,
})
