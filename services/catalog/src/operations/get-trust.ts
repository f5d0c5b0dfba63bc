import { leewaySeconds } from '@goldkeep/tickets'
import { sql, type Kysely } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getHouse, readDatabaseState, type DatabaseState } from '../db/house-queries.js'
import type { DB } from '../db/tables.js'

export interface TrustView extends DatabaseState {
  readonly houseId: string
  /** By the database's clock. */
  readonly serverTime: Date
  readonly keys: readonly { readonly keyId: string; readonly publicKey: Uint8Array }[]
  readonly revocations: readonly { readonly subject: string; readonly issuedBefore: Date }[]
}

/**
 * A ticket may be signed at the moment in which its subject ends, and bear the later time. What has ended
 * never opens again, so that its revocation can reach a little ahead.
 */
const overlapMs = 60_000

/**
 * The keys that sign tickets, and what has ended while a ticket for it may still be around: what ended
 * longer ago than a ticket lives needs no revocation.
 */
export async function getTrust(db: Kysely<DB>, ticketLifetimeMs: number): Promise<TrustView> {
  const since = sql<Date>`now() - ${ticketLifetimeMs + overlapMs + 2_000 * leewaySeconds} * interval '1 millisecond'`
  const { houseId } = await getHouse(db)
  const keys = await db
    .selectFrom('signingKeys')
    .select(['keyId', 'publicKey'])
    .orderBy('createdAt')
    .execute()
  const deployments = await db
    .selectFrom('deployments')
    .select(['deploymentId as subject', 'endedAt'])
    .where('endedAt', '>', since)
    .execute()
  const uploads = await db
    .selectFrom('uploads')
    .innerJoin('versions', 'versions.versionId', 'uploads.versionId')
    .select(['uploads.versionId as subject', 'uploads.endedAt'])
    .where('uploads.endedAt', '>', since)
    .where('versions.lifecycle', 'in', ['ABORTED', 'EXPIRED'])
    .execute()
  const revocations = [...deployments, ...uploads].flatMap(({ subject, endedAt }) =>
    endedAt ? [{ subject, issuedBefore: new Date(endedAt.getTime() + overlapMs) }] : [],
  )
  const state = await readDatabaseState(db)
  return { houseId, keys, revocations, ...state, serverTime: await databaseNow(db) }
}
