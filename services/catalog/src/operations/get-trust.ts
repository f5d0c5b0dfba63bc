import { leewaySeconds } from '@goldkeep/tickets'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getHouse, readDatabaseState, type DatabaseState } from '../db/house-queries.js'
import type { DB } from '../db/tables.js'

export interface TrustView extends DatabaseState {
  readonly houseId: string
  /** By the database's clock. */
  readonly serverTime: Date
  readonly keys: readonly { readonly keyId: string; readonly publicKey: Uint8Array }[]
  /** Ordered by subject. */
  readonly revocations: readonly { readonly subject: string; readonly issuedBefore: Date }[]
  /** After which subject there are more revocations. */
  readonly next: string | undefined
}

/**
 * A ticket may be signed just after its upload or deployment has ended, so a revocation also covers the tickets that
 * are issued up to a minute later. An upload or deployment that has ended never opens again.
 */
const overlapMs = 60_000
/** Storage takes a ticket so much before its beginning and after its end. */
const leewayMs = 2 * leewaySeconds * 1000
/** Revocations in one answer; each has some 60 bytes. */
const mostRevocations = 10_000

/**
 * The keys that sign tickets, and the uploads and deployments that have ended while a ticket for them may still be
 * valid. One that ended longer ago than a ticket is valid needs no revocation, and so a retired key no trust.
 * @param after the subject of the last revocation of the answer before; `undefined`: from the first
 */
export async function getTrust(db: Kysely<DB>, ticketLifetimeMs: number, after?: string): Promise<TrustView> {
  const since = sql<Date>`now() - ${ticketLifetimeMs + overlapMs + leewayMs} * interval '1 millisecond'`
  const { houseId } = await getHouse(db)
  const keys = await db
    .selectFrom('signingKeys')
    .select(['keyId', 'publicKey'])
    .where((where) => where.or([where('retiredAt', 'is', null), where('retiredAt', '>', since)]))
    .orderBy('createdAt')
    .execute()
  const ended = await selectEnded(db, since)
    .$if(after !== undefined, (query) => query.where('subject', '>', after as string))
    .orderBy('subject')
    .limit(mostRevocations)
    .execute()
  const revocations = ended.flatMap(({ subject, endedAt }) =>
    endedAt ? [{ subject, issuedBefore: new Date(endedAt.getTime() + overlapMs) }] : [],
  )
  const next = ended.length < mostRevocations ? undefined : ended.at(-1)?.subject
  const state = await readDatabaseState(db)
  return { houseId, keys, revocations, next, ...state, serverTime: await databaseNow(db) }
}

/** Deployments and uploads that have ended since. A sealed upload still gets tickets. */
function selectEnded(db: Kysely<DB>, since: RawBuilder<Date>) {
  const deployments = db
    .selectFrom('deployments')
    .select(['deploymentId as subject', 'endedAt'])
    .where('endedAt', '>', since)
  const uploads = db
    .selectFrom('uploads')
    .innerJoin('versions', 'versions.versionId', 'uploads.versionId')
    .select(['uploads.versionId as subject', 'uploads.endedAt'])
    .where('uploads.endedAt', '>', since)
    .where('versions.lifecycle', 'in', ['ABORTED', 'EXPIRED'])
  return db.selectFrom(deployments.unionAll(uploads).as('ended')).select(['subject', 'endedAt'])
}
