import {
  fileSource,
  sameFile,
  sha256OfFile,
  type FileIdentity,
  type UploadSession,
  type WriteMode,
  type WriteState,
} from '@goldkeep/client'
import { catalog, type storage } from '@goldkeep/contracts'
import { resolve } from 'node:path'
import { formatSize } from '../output/format.js'
import type { Progress } from '../output/progress-line.js'
import { hexDigest } from '../views/words.js'
import type { UploadRecord, UploadRecords } from './upload-records.js'

export interface SendFile {
  readonly upload: UploadSession
  readonly status: storage.UploadStatus
  readonly records: UploadRecords
  readonly path: string
  readonly file: string
  readonly takeOver: boolean
  readonly progress: Progress
  /** For how long a full volume is waited for, in milliseconds. */
  readonly waitForSpaceMs: number
}

export interface SentFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
  /** How it came about. */
  readonly how: 'sent' | 'resumed' | 'skipped'
}

/** What a person is told beside the figures; nothing while all goes well. */
export function stateRemark(state: WriteState): string | undefined {
  return { connecting: 'connecting', sending: undefined, full: 'waiting for room on the volume' }[state]
}

type Plan = WriteMode | { readonly kind: 'skip'; readonly size: number; readonly sha256: string }

/**
 * Sends a file, or what is missing of it: an unchanged file whose attempt is still there goes on from the
 * committed size, one that storage has whole is skipped, anything else starts anew.
 */
export async function sendFile(request: SendFile): Promise<SentFile> {
  const { upload, records, path, progress } = request
  const file = resolve(request.file)
  const source = await fileSource(file)
  const line = progress.line(path, source.size)
  const known = request.status.files.find((one) => one.path === path)
  const { record, writerId } = await records.claim(upload.versionId, path, upload.writerId)
  const remember = (attemptId: string, finished?: { size: number; sha256: string }): Promise<void> =>
    records.save(upload.versionId, path, {
      attemptId,
      writerId,
      source: { ...source.identity, file },
      ...(finished && { finished }),
    })
  try {
    const mode = await planFor(request, known, record, source.identity)
    if (mode.kind === 'skip') {
      const { size, sha256 } = mode
      await remember(known?.attemptId ?? '', { size, sha256 })
      line.end(`is there already, ${formatSize(size)}`)
      return { path, size, sha256, how: 'skipped' }
    }
    const { size, sha256, attemptId } = await upload.write({
      path,
      source,
      mode,
      waitForSpaceMs: request.waitForSpaceMs,
      writerId,
      takeOver: request.takeOver,
      // Before any byte is sent, so that even a process that is killed can be followed by another.
      onAttempt: remember,
      onProgress: ({ committed, state }) => line.update(committed, stateRemark(state)),
    })
    await remember(attemptId, { size, sha256 })
    const how = mode.kind === 'resume' ? 'resumed' : 'sent'
    line.end(
      mode.kind === 'resume' ? `done, gone on from ${formatSize(mode.offset)}` : `done, ${formatSize(size)}`,
    )
    return { path, size, sha256, how }
  } finally {
    await source.stop()
  }
}

async function planFor(
  { upload, file }: SendFile,
  known: catalog.UploadFile | undefined,
  record: UploadRecord | undefined,
  identity: FileIdentity,
): Promise<Plan> {
  if (!known) return { kind: 'restart' }
  const same =
    record?.source !== undefined && sameFile(record.source, identity) && record.attemptId === known.attemptId
  const sha256 = hexDigest(known.digest)
  if (known.state === catalog.UploadFileState.UPLOAD_FILE_STATE_COMPLETE && sha256) {
    const size = Number(known.committedSize)
    const counted = same ? record.finished?.sha256 : undefined
    const mine = size === identity.size ? (counted ?? (await sha256OfFile(file, upload.signal))) : undefined
    return mine === sha256 ? { kind: 'skip', size, sha256 } : { kind: 'restart' }
  }
  if (!same || known.state === catalog.UploadFileState.UPLOAD_FILE_STATE_FAILED) return { kind: 'restart' }
  return { kind: 'resume', attemptId: known.attemptId, offset: Number(known.committedSize) }
}
