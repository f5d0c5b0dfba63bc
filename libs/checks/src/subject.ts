import type { Capture, FilePath } from '@goldkeep/domain'
import type { OpenFile, RandomAccess } from '@goldkeep/wim'

export type { OpenFile, RandomAccess }

/** One file of the version that is examined. */
export interface CheckedFile {
  readonly path: FilePath
  /** In bytes, as the manifest or the upload has it. */
  readonly size: number
  /** Hex, as the manifest has it. */
  readonly sha256?: string
  /** May reject: what cannot be opened is a finding ERROR, never FAIL. */
  open(): Promise<OpenFile>
  /** Where a child process finds it. */
  readonly localPath?: string
}

/** A version under examination. */
export interface CheckSubject {
  /** The schema's bytes. */
  readonly schema: Uint8Array
  /** Hex; given, the deep checks compare the schema's bytes as well. */
  readonly schemaSha256?: string
  readonly capture: Capture
  /** Without the schema. */
  readonly files: readonly CheckedFile[]
}
