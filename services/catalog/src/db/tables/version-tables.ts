import type {
  Capture,
  Command,
  FindingVerdict,
  Lifecycle,
  Mark,
  Presence,
  UploadEnd,
  Verdict,
} from '@goldkeep/domain'
import type { Generated, GeneratedAlways } from 'kysely'
import type { Actor } from '../../domain/actor.js'
import type { MachineIdentity } from '../../domain/machine-identity.js'
import type { DefaultJson, DefaultTime, Json, JsonOr, Labels, Nullable } from './columns.js'

export interface VersionsTable {
  versionId: string
  ordinal: GeneratedAlways<number>
  imageUid: string
  number: number
  lifecycle: Lifecycle
  verdict: Generated<Verdict>
  verdictAt: Nullable<Date>
  opSeq: Generated<number>
  pendingCommand: Nullable<Command>
  pendingOpSeq: Nullable<number>
  pendingOutcome: Nullable<UploadEnd>
  pendingSince: Nullable<Date>
  pendingBy: JsonOr<Actor>
  pendingReason: Nullable<string>
  note: Generated<string>
  labels: DefaultJson<Labels>
  mark: Nullable<Mark>
  markReason: Nullable<string>
  protected: Generated<boolean>
  holdUntil: Nullable<Date>
  schema: Buffer
  manifest: Nullable<Buffer>
  manifestDigest: Nullable<string>
  sizeBytes: Generated<number>
  fileCount: Generated<number>
  capture: Json<Capture>
  source: JsonOr<MachineIdentity>
  agent: Generated<string>
  adopted: Generated<boolean>
  testOutcome: Nullable<'PASSED' | 'FAILED'>
  createdBy: Json<Actor>
  createdAt: DefaultTime
  sealedAt: Nullable<Date>
  /** The image's, when what is published of the version last changed. */
  generation: Generated<number>
  revision: Generated<number>
}

export interface LocationsTable {
  versionId: string
  volumeId: string
  /** As of the last look that could read it. */
  presence: Exclude<Presence, 'UNREADABLE'>
  /** Since when the volume has it and cannot read it. */
  unreadableSince: Nullable<Date>
  createdAt: DefaultTime
  lastChecked: DefaultTime
  /** What the last look found wrong; empty where a comparison of digests did. */
  found: Generated<string>
  /** Of the files as of the last look; empty before the first. */
  fingerprint: Generated<string>
  /** Since when storage is asked to look at it, and has not answered. */
  lookWantedAt: Nullable<Date>
  /** Since when something says that the bytes may be others; a validation decides. */
  doubtedAt: Nullable<Date>
}

export interface FindingsTable {
  versionId: string
  checkName: string
  path: Generated<string>
  position: number
  verdict: FindingVerdict
  expected: Generated<string>
  found: Generated<string>
  message: Generated<string>
  checkedAt: DefaultTime
}
