import type { Generated, GeneratedAlways } from 'kysely'
import type { Actor } from '../../domain/actor.js'
import type { DefaultJson, DefaultTime, Json, Nullable } from './columns.js'

export interface ChangeLogTable {
  changeNo: GeneratedAlways<number>
  transactionId: Generated<string>
  kind: string
  imageUid: Nullable<string>
  versionId: Nullable<string>
  details: DefaultJson<Readonly<Record<string, unknown>>>
  changedAt: DefaultTime
}

export interface AuditTable {
  auditId: GeneratedAlways<number>
  actor: Json<Actor>
  action: string
  imageUid: Nullable<string>
  versionId: Nullable<string>
  reason: Generated<string>
  details: DefaultJson<Readonly<Record<string, unknown>>>
  actedAt: DefaultTime
}
