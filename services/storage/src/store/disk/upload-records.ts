import type { AttemptId, FilePath, UploadEnd } from '@goldkeep/domain'
import type { StagedFile, StagedUpload, UploadPhase } from '../upload.js'

/** What an upload's journal holds. Times are RFC 3339. */
export type UploadRecord =
  /** In a compacted journal its time is that of the last byte. */
  | { readonly t: 'opened'; readonly format: 1; readonly upload: StagedUpload; readonly time: string }
  /** All that is known of a file, in a compacted journal. */
  | { readonly t: 'file'; readonly file: StagedFile }
  | { readonly t: 'attempt'; readonly path: FilePath; readonly attempt: AttemptId; readonly time: string }
  | {
      readonly t: 'committed'
      readonly path: FilePath
      readonly attempt: AttemptId
      readonly size: number
      readonly time: string
    }
  | {
      readonly t: 'finished'
      readonly path: FilePath
      readonly attempt: AttemptId
      readonly size: number
      readonly sha256: string
      readonly time: string
    }
  /** The producer failed, or (`broken`) a sync did. Either way the file must be started anew. */
  | {
      readonly t: 'failed' | 'broken'
      readonly path: FilePath
      readonly attempt: AttemptId
      readonly failure: string
      readonly time: string
    }
  /** The manifest that the version will have, as text, so that a seal can be rolled forward from here. */
  | { readonly t: 'sealing'; readonly manifest: string; readonly time: string }
  | { readonly t: 'sealed'; readonly time: string }
  | {
      readonly t: 'ended'
      readonly outcome: UploadEnd
      readonly epoch: number
      readonly opSeq: number
      readonly time: string
    }

/** An upload as its journal tells it. */
export interface UploadState {
  readonly upload: StagedUpload
  readonly phase: UploadPhase
  /** Changed in place: an upload may have thousands, and each of its records changes one. */
  readonly files: Map<FilePath, StagedFile>
  readonly lastByteTime: string
  readonly manifest?: string
  readonly ended?: { readonly outcome: UploadEnd; readonly epoch: number; readonly opSeq: number }
}

/** @throws Error when the first record is not `opened` */
export function replay(records: readonly unknown[]): UploadState {
  const [first, ...rest] = records as UploadRecord[]
  if (first?.t !== 'opened') throw new Error('the journal does not begin with "opened"')
  const { upload, time } = first
  const opened: UploadState = { upload, phase: 'OPEN', files: new Map(), lastByteTime: time }
  return rest.reduce(applyRecord, opened)
}

/** The state after one more record. Records about an attempt that has been superseded change nothing. */
export function applyRecord(state: UploadState, record: UploadRecord): UploadState {
  switch (record.t) {
    case 'attempt':
      return withFile(state, {
        path: record.path,
        attemptId: record.attempt,
        committedSize: 0,
        state: 'STOPPED',
        updateTime: record.time,
      })
    case 'file':
      return withFile(state, record.file)
    case 'committed':
    case 'finished':
    case 'failed':
    case 'broken':
      return applyToFile(state, record)
    case 'sealing':
      return { ...state, phase: 'SEALING', manifest: record.manifest }
    case 'sealed':
      return { ...state, phase: 'SEALED' }
    case 'ended':
      return { ...state, phase: record.outcome, ended: record }
    default:
      // Written by a later minor version, and so of no consequence here.
      return state
  }
}

type FileRecord = Extract<UploadRecord, { t: 'committed' | 'finished' | 'failed' | 'broken' }>

function applyToFile(state: UploadState, record: FileRecord): UploadState {
  const file = state.files.get(record.path)
  if (file?.attemptId !== record.attempt) return state
  const touched = { ...file, updateTime: record.time }
  switch (record.t) {
    case 'committed':
      return withFile({ ...state, lastByteTime: record.time }, { ...touched, committedSize: record.size })
    case 'finished': {
      const { size: committedSize, sha256 } = record
      const complete = { ...touched, committedSize, sha256, state: 'COMPLETE' } as const
      return withFile({ ...state, lastByteTime: record.time }, complete)
    }
    case 'failed':
      return withFile(state, { ...touched, state: 'FAILED', failure: record.failure })
    case 'broken':
      return withFile(state, { ...touched, state: 'BROKEN', failure: record.failure })
  }
}

function withFile(state: UploadState, file: StagedFile): UploadState {
  state.files.set(file.path, file)
  return state
}
