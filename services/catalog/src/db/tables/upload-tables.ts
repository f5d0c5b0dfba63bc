import type { Generated } from 'kysely'
import type { DefaultJson, DefaultTime, Nullable } from './columns.js'

export type UploadFileState = 'RECEIVING' | 'STOPPED' | 'FAILED' | 'COMPLETE'

export interface UploadsTable {
  versionId: string
  volumeId: string
  schemaDigest: string
  expectedSizes: DefaultJson<Readonly<Record<string, number>>>
  lastByteAt: Nullable<Date>
  expiresAt: Date
  endedAt: Nullable<Date>
}

export interface UploadFilesTable {
  versionId: string
  path: string
  state: UploadFileState
  attemptId: Generated<string>
  committedSize: Generated<number>
  expectedSize: Generated<number>
  digest: Nullable<string>
  failure: Generated<string>
  updatedAt: DefaultTime
}
