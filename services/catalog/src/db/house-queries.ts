import { newHouseId, newOpaqueId } from '@goldkeep/domain'
import { generateKeyPair } from '@goldkeep/tickets'
import { sql, type Kysely, type Transaction } from 'kysely'
import { forgetPublications } from './publications-queries.js'
import type { DB } from './tables.js'

export interface House {
  readonly houseId: string
  readonly epoch: number
}

/** Any number; taken while a house is made on first start, so that two catalogs do not make two. */
const foundingLock = 7_460_001

export async function lockFounding(trx: Transaction<DB>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${foundingLock})`.execute(trx)
}

export async function getHouse(db: Kysely<DB>): Promise<House> {
  return db.selectFrom('house').select(['houseId', 'epoch']).executeTakeFirstOrThrow()
}

/** Makes the house and its signing key where there is none. */
export async function foundHouse(trx: Transaction<DB>): Promise<House> {
  const house = await trx.selectFrom('house').select(['houseId', 'epoch']).executeTakeFirst()
  if (house) return house
  const { publicKey, privateKey } = await generateKeyPair()
  await trx
    .insertInto('signingKeys')
    .values({
      keyId: newOpaqueId('key'),
      publicKey: Buffer.from(publicKey),
      privateKey: Buffer.from(privateKey),
    })
    .execute()
  return trx
    .insertInto('house')
    .values({ houseId: newHouseId(), epoch: 1 })
    .returning(['houseId', 'epoch'])
    .executeTakeFirstOrThrow()
}

/**
 * Raises the epoch above one under which a volume has orders that are not known here, and has every image
 * published once more.
 */
export async function raiseEpochAbove(trx: Transaction<DB>, seen: number): Promise<number> {
  const { epoch } = await trx
    .updateTable('house')
    .set({ epoch: sql`greatest(epoch, ${seen}::bigint + 1)` })
    .returning('epoch')
    .executeTakeFirstOrThrow()
  await forgetPublications(trx)
  return epoch
}

/** Tells one database from another, and from itself after it was put back. */
export interface DatabaseState {
  /** Changes when the server, the timeline, the database or its tables are others than before. */
  readonly incarnation: string
  /** Counts up with the transactions. */
  readonly position: number
}

/** Read from what PostgreSQL itself renews when a database is copied, restored, failed over or restarted. */
export async function readDatabaseState(db: Kysely<DB>): Promise<DatabaseState> {
  const { rows } = await sql<DatabaseState>`
    select md5(concat_ws('/',
        (select system_identifier from pg_control_system()),
        left(pg_walfile_name(pg_current_wal_lsn()), 8),
        extract(epoch from pg_postmaster_start_time()),
        (select oid from pg_database where datname = current_database()),
        'house'::regclass::oid, pg_relation_filenode('house'), (select xmin from house))) as incarnation,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint as position`.execute(db)
  const [state] = rows
  if (!state) throw new Error('the database does not say which it is')
  return state
}

/** The key that signs now: the newest that is not retired. */
export async function getSigningKey(db: Kysely<DB>): Promise<{ keyId: string; privateKey: Buffer }> {
  return db
    .selectFrom('signingKeys')
    .select(['keyId', 'privateKey'])
    .where('retiredAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .executeTakeFirstOrThrow()
}
