import type { Generated, GeneratedAlways } from 'kysely'
import type { Actor } from '../../domain/actor.js'
import type { DefaultTime, JsonOr, Nullable } from './columns.js'

export interface HouseTable {
  singleton: Generated<boolean>
  houseId: string
  epoch: number
  createdAt: DefaultTime
}

export interface SigningKeysTable {
  keyId: string
  publicKey: Buffer
  privateKey: Buffer
  createdAt: DefaultTime
  retiredAt: Nullable<Date>
}

export interface TokensTable {
  tokenId: string
  ordinal: GeneratedAlways<number>
  name: string
  role: 'admin'
  secretHash: Buffer
  createdAt: DefaultTime
  lastUsedAt: Nullable<Date>
  expiresAt: Nullable<Date>
  revokedAt: Nullable<Date>
}

export interface VolumesTable {
  volumeId: string
  address: string
  epoch: Generated<number>
  capacityBytes: Generated<number>
  freeBytes: Generated<number>
  /** Sentences for an administrator. */
  troubles: Generated<string[]>
  /** Which storage service serves it. */
  instanceId: Generated<string>
  /** Of another one that wanted to, while this one reported. */
  rivalAddress: Nullable<string>
  rivalSeenAt: Nullable<Date>
  /** Milliseconds by which its storage service's clock is ahead of the database's; null: not known. */
  clockAheadMs: Nullable<number>
  /** When its storage service last waited for questions. */
  listensAt: Nullable<Date>
  retiredAt: Nullable<Date>
  retiredReason: Generated<string>
  retiredBy: JsonOr<Actor>
  /** When the storage service of the retired volume last wanted to register it. */
  returnedAt: Nullable<Date>
  registeredAt: DefaultTime
  lastSeenAt: DefaultTime
}
