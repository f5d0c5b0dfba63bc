import { catalog, type storage } from '@goldkeep/contracts'
import { formatSize, formatTime } from '../output/format.js'
import { formatTable } from '../output/table.js'
import * as words from './words.js'

export function uploadFileView(file: catalog.UploadFile) {
  return {
    path: file.path,
    state: words.uploadFileStateWord(file.state),
    attemptId: file.attemptId,
    committedSize: String(file.committedSize),
    expectedSize: file.expectedSize > 0n ? String(file.expectedSize) : undefined,
    sha256: words.hexDigest(file.digest),
    failure: file.failure || undefined,
    updateTime: words.isoTime(file.updateTime),
  }
}

export type UploadFileView = ReturnType<typeof uploadFileView>

export function uploadView(upload: catalog.Upload) {
  const { versionId, imageId, number, agent, source, actor } = upload
  return {
    versionId,
    imageId,
    number,
    reference: `${imageId}@${number}`,
    state: words.lifecycleWord(upload.lifecycle),
    committedBytes: String(upload.committedBytes),
    files: upload.files.map(uploadFileView),
    pendingEnd: upload.pendingEnd && words.lifecycleWord(upload.pendingEnd.outcome),
    source,
    agent,
    actor: actor?.name,
    volumeId: upload.volume?.volumeId,
    beginTime: words.isoTime(upload.beginTime),
    lastByteTime: words.isoTime(upload.lastByteTime),
    // What has become a version, or has ended, expires no more.
    expireTime:
      upload.lifecycle === catalog.Lifecycle.LIFECYCLE_UPLOADING
        ? words.isoTime(upload.expireTime)
        : undefined,
  }
}

export type UploadView = ReturnType<typeof uploadView>

/** Storage's own account where there is one: the catalog's lags behind. */
export function uploadStatusView(upload: UploadView, status: storage.UploadStatus | undefined) {
  if (!status) return upload
  const files = status.files.map(uploadFileView)
  const state = upload.state === 'UPLOADING' ? words.uploadStateWord(status.state) : upload.state
  return {
    ...upload,
    state,
    expireTime: isOver(state) ? undefined : upload.expireTime,
    files,
    committedBytes: String(files.reduce((sum, file) => sum + BigInt(file.committedSize), 0n)),
    lastByteTime: words.isoTime(status.lastByteTime) ?? upload.lastByteTime,
  }
}

const isOver = (state: string): boolean => ['SEALED', 'ABORTED', 'EXPIRED'].includes(state)

export function uploadTable(uploads: readonly UploadView[], width?: number): string {
  return formatTable(
    {
      head: ['upload', 'id', 'state', 'files', 'committed', 'last byte', 'expires'],
      nothing: 'no uploads in progress',
      spare: ['id', 'expires', 'last byte'],
    },
    uploads.map((upload) => [
      upload.reference,
      upload.versionId,
      upload.pendingEnd ? `${upload.state}, to be ${upload.pendingEnd}` : upload.state,
      filesDone(upload.files),
      formatSize(upload.committedBytes),
      formatTime(upload.lastByteTime),
      formatTime(upload.expireTime),
    ]),
    width,
  )
}

export function uploadFileTable(files: readonly UploadFileView[], width?: number): string {
  return formatTable(
    {
      head: ['file', 'state', 'committed', 'of', 'last change', 'failure'],
      nothing: 'no file has arrived yet',
      spare: ['last change', 'of'],
    },
    files.map((file) => [
      file.path,
      file.state,
      formatSize(file.committedSize),
      file.expectedSize ? formatSize(file.expectedSize) : '',
      formatTime(file.updateTime),
      file.failure ?? '',
    ]),
    width,
  )
}

function filesDone(files: readonly UploadFileView[]): string {
  const complete = files.filter((file) => file.state === 'COMPLETE').length
  return files.length === 0 ? '-' : `${complete} of ${files.length} complete`
}
