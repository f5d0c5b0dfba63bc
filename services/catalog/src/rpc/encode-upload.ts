import { catalog, cutFailures, lifecycleWords, sha256ToProto } from '@goldkeep/contracts'
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
    files: cutFailures(files.map(encodeUploadFile)),
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

const encodeUploadFile = (file: UploadFileRow): catalog.UploadFile => ({
  path: file.path,
  state: fileStates[file.state],
  attemptId: file.attemptId,
  committedSize: BigInt(file.committedSize),
  expectedSize: BigInt(file.expectedSize),
  digest: file.digest ? sha256ToProto(file.digest) : undefined,
  failure: file.failure,
  updateTime: file.updatedAt,
})
