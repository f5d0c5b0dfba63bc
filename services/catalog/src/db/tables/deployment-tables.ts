import type { Generated, GeneratedAlways } from 'kysely'
import type { Actor } from '../../domain/actor.js'
import type { MachineIdentity } from '../../domain/machine-identity.js'
import type { DefaultJson, DefaultTime, Json, JsonOr, Labels, Nullable } from './columns.js'

export type DeploymentState = 'OPEN' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'EXPIRED'

export interface DeploymentsTable {
  deploymentId: string
  ordinal: GeneratedAlways<number>
  imageUid: string
  versionId: string
  targetKind: 'machine' | 'multicast'
  machine: JsonOr<MachineIdentity>
  machineUuid: Nullable<string>
  machineSerial: Nullable<string>
  machineMacs: Generated<string[]>
  sessionId: Nullable<string>
  state: Generated<DeploymentState>
  phase: Generated<string>
  percent: Generated<number>
  message: Generated<string>
  because: Generated<'IMAGE' | 'GRANT' | 'MODEL_MATCH'>
  batchId: Nullable<string>
  profileId: Nullable<string>
  labels: DefaultJson<Labels>
  orders: Json<FrozenOrders>
  bytesRead: Generated<number>
  bytesTotal: number
  startedBy: Json<Actor>
  startedAt: DefaultTime
  lastReadAt: Nullable<Date>
  leaseUntil: Date
  limitAt: Date
  endedAt: Nullable<Date>
}

/** Which bytes of each file a deployment has read. */
export interface DeploymentReadsTable {
  deploymentId: string
  path: string
  /** `{[0,10),[20,30)}`. */
  ranges: string
}

export interface FrozenOrders {
  /** The profile as JSON; empty: none. */
  readonly profile: string
  readonly sharePath: string
  readonly volumeId: string
}
