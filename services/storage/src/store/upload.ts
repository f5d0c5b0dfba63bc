import type { AttemptId, Capture, FilePath, ImageId, Uid, UploadEnd, VersionId } from '@goldkeep/domain'

/** What the catalog's ticket said when the upload was opened; kept with it. */
export interface StagedUpload {
  readonly versionId: VersionId
  readonly imageId: ImageId
  readonly imageUid: Uid
  readonly capture: Capture
  /** SHA-256 of the schema, hex. */
  readonly schemaDigest: string
  readonly schemaSize: number
  /** RFC 3339. */
  readonly beginTime: string
  readonly agent?: string
  readonly source?: {
    readonly uuid?: string
    readonly serial?: string
    readonly macs?: readonly string[]
    readonly model?: string
  }
}

/** One staged file, as its journal has it. */
export interface StagedFile {
  readonly path: FilePath
  readonly attemptId: AttemptId
  /** Bytes that are on stable storage. */
  readonly committedSize: number
  /** STOPPED: waits for more bytes. FAILED: the producer failed. BROKEN: a sync failed. */
  readonly state: 'STOPPED' | 'FAILED' | 'BROKEN' | 'COMPLETE'
  /** Of a complete file, hex. */
  readonly sha256?: string
  /** Of a failed or broken one, for people. */
  readonly failure?: string
  /** RFC 3339. */
  readonly updateTime: string
}

export type UploadPhase = 'OPEN' | 'SEALING' | 'SEALED' | UploadEnd

/** An upload as it is now. */
export interface UploadView {
  readonly upload: StagedUpload
  readonly phase: UploadPhase
  readonly files: readonly StagedFile[]
  /** RFC 3339; of the last byte that became durable, or of the opening. */
  readonly lastByteTime: string
}

/** One line of the list that a seal is asked for. */
export interface SealEntry {
  readonly path: FilePath
  readonly size: number
  readonly sha256: string
}
