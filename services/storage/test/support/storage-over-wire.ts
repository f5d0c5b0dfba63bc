import { catalog, sha256FromProto, storage } from '@goldkeep/contracts'
import type { AttemptId, FilePath } from '@goldkeep/domain'
import type { StagedFile, UploadPhase } from '../../src/store/upload.js'
import type { Storage } from './laws-of-storage.js'
import type { RealStorage } from './real-storage.js'
import { readWhole } from './write-stream.js'

/** A storage service that is a process of its own, as the laws ask it. */
export function storageOverWire(real: RealStorage): Storage {
  return {
    view: async (versionId) => {
      const clients = await real.uploader(versionId)
      try {
        const { state, files } = await clients.uploads.getStatus({ versionId })
        return { phase: phases[state] ?? 'OPEN', files: files.map(stagedFile) }
      } finally {
        clients.close()
      }
    },
    readFile: async (versionId, path) => {
      const clients = await real.reader(versionId)
      try {
        return (await readWhole(clients, { versionId, path })).bytes
      } finally {
        clients.close()
      }
    },
  }
}

const { UploadState } = storage

const phases: Partial<Record<storage.UploadState, UploadPhase>> = {
  [UploadState.UPLOAD_STATE_OPEN]: 'OPEN',
  [UploadState.UPLOAD_STATE_SEALING]: 'SEALING',
  [UploadState.UPLOAD_STATE_SEALED]: 'SEALED',
  [UploadState.UPLOAD_STATE_ABORTED]: 'ABORTED',
  [UploadState.UPLOAD_STATE_EXPIRED]: 'EXPIRED',
}

const { UploadFileState } = catalog

function stagedFile(file: catalog.UploadFile): StagedFile {
  const { path, attemptId, committedSize, state, digest, failure } = file
  const states: Partial<Record<catalog.UploadFileState, StagedFile['state']>> = {
    [UploadFileState.UPLOAD_FILE_STATE_COMPLETE]: 'COMPLETE',
    // Whether the producer or a sync failed, the file must be begun anew.
    [UploadFileState.UPLOAD_FILE_STATE_FAILED]: 'FAILED',
  }
  return {
    path: path as FilePath,
    attemptId: attemptId as AttemptId,
    committedSize: Number(committedSize),
    state: states[state] ?? 'STOPPED',
    ...(digest && { sha256: sha256FromProto(digest) }),
    ...(failure && { failure }),
    updateTime: '',
  }
}
