import type { ByteSource, UploadSession } from '@goldkeep/client'
import type { storage } from '@goldkeep/contracts'
import { formatSize } from '../output/format.js'
import type { Progress } from '../output/progress-line.js'
import { stateRemark, type SentFile } from './send-file.js'
import type { UploadRecords } from './upload-records.js'

export interface SendStream {
  readonly upload: UploadSession
  readonly status: storage.UploadStatus
  readonly records: UploadRecords
  readonly path: string
  readonly source: ByteSource
  readonly takeOver: boolean
  readonly progress: Progress
  /** For how long a full volume is waited for, in milliseconds. */
  readonly waitForSpaceMs: number
}

/** Sends what a pipe or a producer gives. It always starts anew: a second run makes other bytes. */
export async function sendStream(request: SendStream): Promise<SentFile> {
  const { upload, records, path, source, progress } = request
  const { writerId } = await records.claim(upload.versionId, path, upload.writerId)
  const line = progress.line(path, undefined)
  const { size, sha256, attemptId } = await upload.write({
    path,
    source,
    mode: { kind: 'restart' },
    waitForSpaceMs: request.waitForSpaceMs,
    writerId,
    takeOver: request.takeOver,
    onAttempt: (attempt) => records.save(upload.versionId, path, { attemptId: attempt, writerId }),
    onProgress: ({ committed, state }) => line.update(committed, stateRemark(state)),
  })
  await records.save(upload.versionId, path, { attemptId, writerId, finished: { size, sha256 } })
  line.end(`done, ${formatSize(size)}`)
  return { path, size, sha256, how: 'sent' }
}
