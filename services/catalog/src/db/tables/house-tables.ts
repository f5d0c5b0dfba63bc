import type { Generated, GeneratedAlways } from 'kysely'
import type { DefaultTime, Nullable } from './columns.js'

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
  registeredAt: DefaultTime
  lastSeenAt: DefaultTime
}
