import type { ByteSource, UploadSession } from '@goldkeep/client'
import { formatSize } from '../output/format.js'
import type { Progress } from '../output/progress.js'
import type { SentFile } from './send-file.js'
import type { UploadRecords } from './upload-records.js'

export interface SendStream {
  readonly upload: UploadSession
  readonly records: UploadRecords
  readonly path: string
  readonly source: ByteSource
  readonly takeOver: boolean
  readonly progress: Progress
}

/** Sends what a pipe or a producer gives. It always starts anew: a second run makes other bytes. */
export async function sendStream(request: SendStream): Promise<SentFile> {
  const { upload, records, path, source, takeOver, progress } = request
  const line = progress.line(path, undefined)
  const { size, sha256, attemptId } = await upload.write({
    path,
    source,
    mode: { kind: 'restart' },
    takeOver,
    onProgress: ({ committed, connected }) => line.update(committed, connected ? undefined : 'connecting'),
  })
  await records.save(upload.versionId, path, { attemptId, finished: { size, sha256 } })
  line.end(`done, ${formatSize(size)}`)
  return { path, size, sha256, how: 'sent' }
}
