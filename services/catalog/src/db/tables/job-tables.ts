import type { Generated, GeneratedAlways } from 'kysely'
import type { DefaultTime, Nullable } from './columns.js'

export const jobKinds = ['validate', 'publish', 'end-upload'] as const

export type JobKind = (typeof jobKinds)[number]

export interface JobsTable {
  jobId: string
  ordinal: GeneratedAlways<number>
  kind: JobKind
  subjectId: string
  state: Generated<'open' | 'done' | 'failed'>
  claimToken: Nullable<string>
  workerId: Generated<string>
  claimExpiresAt: Nullable<Date>
  attempts: Generated<number>
  runAfter: DefaultTime
  enqueuedAt: DefaultTime
  lastError: Generated<string>
  createdAt: DefaultTime
  updatedAt: DefaultTime
}

export interface OutboxTable {
  outboxId: string
  ordinal: GeneratedAlways<number>
  queue: JobKind
  jobId: string
  deliverAt: DefaultTime
  createdAt: DefaultTime
  relayedAt: Nullable<Date>
}

export interface RequestIdsTable {
  method: string
  requestId: string
  bodyHash: Buffer
  response: Nullable<Buffer>
  createdAt: DefaultTime
}

/** Workers that have asked for jobs. */
export interface WorkersTable {
  workerId: string
  /** Milliseconds by which its clock is ahead of the database's; null: not known. */
  clockAheadMs: Nullable<number>
  seenAt: DefaultTime
}
