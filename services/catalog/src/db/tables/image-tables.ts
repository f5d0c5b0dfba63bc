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
  /** Drawn anew with each generation: a database that was put back makes others with the same number. */
  generationId: Generated<string>
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

/** Where an image's publication on one volume stands. */
export interface PublicationsTable {
  imageUid: string
  volumeId: string
  /** The image's generation when it last changed. */
  wantedGeneration: number
  /** Of the image.json that was confirmed in the present epoch; 0: all is to be published. */
  publishedGeneration: Generated<number>
  /** SHA-256 of the image.json that is on the volume, as far as is known. */
  baseDigest: Nullable<string>
  /** SHA-256 of the last that were there before it, the newest first. */
  formerDigests: Generated<string[]>
  /** SHA-256 of each image.json that a worker was given since and did not confirm. */
  attempts: Generated<string[]>
  /** Up to where the version records are on the volume: by generation, then by version id. */
  sentGeneration: Generated<number>
  sentVersionId: Generated<string>
  /** Up to where the history is on the volume. */
  sentChangeId: Generated<number>
  /** What the worker that has the job was given. */
  part: JsonOr<PublicationPart>
}

/** A part of a publication that is under way. */
export interface PublicationPart {
  /** In which it was given out. */
  readonly epoch: number
  readonly sentGeneration: number
  readonly sentVersionId: string
  readonly sentChangeId: number
  /** The image.json that ends it; absent: more parts follow. */
  readonly final?: { readonly generation: number; readonly sha256: string }
}

export interface PrimaryChangesTable {
  changeId: GeneratedAlways<number>
  /** Unique in the world: the name of its record on the volumes. */
  recordId: string
  imageUid: string
  kind: PrimaryChangeKind
  fromVersionId: Nullable<string>
  toVersionId: Nullable<string>
  actor: Json<Actor>
  reason: Generated<string>
  forced: Generated<boolean>
  changedAt: DefaultTime
}

/** Images of which a volume has an image.json, and which this database does not know. */
export interface ForeignImagesTable {
  volumeId: string
  imageId: string
  imageUid: string
}
