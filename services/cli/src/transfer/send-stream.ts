import type { ByteSource, UploadSession } from '@goldkeep/client'
import type { storage } from '@goldkeep/contracts'
import { formatSize } from '../output/format.js'
import type { Progress } from '../output/progress-line.js'
import { stateRemark, type SentFile } from './send-file.js'
import { writerIsGone, type UploadRecords } from './upload-records.js'

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
  const known = request.status.files.find((file) => file.path === path)
  const record = await records.read(upload.versionId, path)
  const line = progress.line(path, undefined)
  const { size, sha256, attemptId } = await upload.write({
    path,
    source,
    mode: { kind: 'restart' },
    waitForSpaceMs: request.waitForSpaceMs,
    takeOver: request.takeOver || writerIsGone(record, known?.attemptId),
    onAttempt: (attempt) => records.save(upload.versionId, path, { attemptId: attempt }),
    onProgress: ({ committed, state }) => line.update(committed, stateRemark(state)),
  })
  await records.save(upload.versionId, path, { attemptId, finished: { size, sha256 } })
  line.end(`done, ${formatSize(size)}`)
  return { path, size, sha256, how: 'sent' }
}
