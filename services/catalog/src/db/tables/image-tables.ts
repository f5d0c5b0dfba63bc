import type { Capture } from '@goldkeep/domain'
import type { Generated, GeneratedAlways } from 'kysely'
import type { Actor } from '../../domain/actor.js'
import type { DefaultJson, DefaultTime, Json, JsonOr, Labels, Nullable } from './columns.js'

export type PrimaryChangeKind = 'PROMOTE' | 'ROLLBACK' | 'CLEAR'

export interface ImagesTable {
  uid: string
  imageId: string
  description: Generated<string>
  labels: DefaultJson<Labels>
  enabled: Generated<boolean>
  environment: Capture['environment']
  type: Capture['type']
  visible: Generated<boolean>
  primaryVersionId: Nullable<string>
  generation: Generated<number>
  publishedGeneration: Generated<number>
  revision: Generated<number>
  nextNumber: Generated<number>
  sealedCount: Generated<number>
  sealedBytes: Generated<number>
  legacyName: Nullable<string>
  policy: DefaultJson<Readonly<Record<string, unknown>>>
  retention: JsonOr<Readonly<Record<string, unknown>>>
  createdAt: DefaultTime
  updatedAt: DefaultTime
  deletedAt: Nullable<Date>
}

export interface ProfilesTable {
  uid: string
  profileId: string
  imageUid: string
  name: string
  settings: DefaultJson<Readonly<Record<string, unknown>>>
  revision: Generated<number>
  createdAt: DefaultTime
  updatedAt: DefaultTime
  deletedAt: Nullable<Date>
}

export interface PrimaryChangesTable {
  changeId: GeneratedAlways<number>
  imageUid: string
  kind: PrimaryChangeKind
  fromVersionId: Nullable<string>
  toVersionId: Nullable<string>
  actor: Json<Actor>
  reason: Generated<string>
  forced: Generated<boolean>
  changedAt: DefaultTime
}
