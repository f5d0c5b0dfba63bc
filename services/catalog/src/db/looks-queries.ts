import { sql, type Kysely, type Transaction } from 'kysely'
import type { DB } from './tables.js'

/** The channel by which those who wait for questions to storage are woken; a hint, they look as well. */
export const looksChannel = 'goldkeep_looks'

/** A storage service that has not waited for questions for so long is not asked. */
const listensForMs = 20_000
/** Questions in one answer. */
const mostLooks = 200

export interface WantedLook {
  readonly versionId: string
  readonly imageId: string
  readonly time: Date
}

/**
 * Asks the storage services that hold these versions, and that listen, to look at them.
 * @returns how many questions were asked
 */
export async function wantLooks(db: Kysely<DB>, versionIds: readonly string[]): Promise<number> {
  if (versionIds.length === 0) return 0
  // The answer repeats the time, and protocol buffers' times come back with milliseconds.
  const { numAffectedRows } = await sql`
    update locations set look_wanted_at = date_trunc('milliseconds', clock_timestamp())
    from volumes
    where volumes.volume_id = locations.volume_id and volumes.retired_at is null
      and volumes.listens_at > now() - ${listensForMs} * interval '1 millisecond'
      and locations.version_id = any(${sql.val([...versionIds])}::text[])`.execute(db)
  const asked = Number(numAffectedRows ?? 0n)
  if (asked > 0) await sql`select pg_notify(${looksChannel}, '')`.execute(db)
  return asked
}

/** Whether a storage service has not answered yet. */
export async function isLookAwaited(db: Kysely<DB>, versionIds: readonly string[]): Promise<boolean> {
  const one = await db
    .selectFrom('locations')
    .select('versionId')
    .where(sql<boolean>`version_id = any(${sql.val([...versionIds])}::text[])`)
    .where('lookWantedAt', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return one !== undefined
}

/** What a volume's storage service is asked now, the oldest questions first. */
export async function listWantedLooks(db: Kysely<DB>, volumeId: string): Promise<WantedLook[]> {
  const rows = await db
    .selectFrom('locations')
    .innerJoin('versions', 'versions.versionId', 'locations.versionId')
    .innerJoin('images', 'images.uid', 'versions.imageUid')
    .select(['versions.versionId', 'images.imageId', 'locations.lookWantedAt as time'])
    .where('locations.volumeId', '=', volumeId)
    .where('locations.lookWantedAt', 'is not', null)
    .orderBy('locations.lookWantedAt')
    .limit(mostLooks)
    .execute()
  return rows.flatMap(({ time, ...look }) => (time ? [{ ...look, time }] : []))
}

/** A storage service waits for questions about its volume. */
export async function noteListener(db: Kysely<DB>, volumeId: string): Promise<void> {
  await db
    .updateTable('volumes')
    .set({ listensAt: sql`now()` })
    .where('volumeId', '=', volumeId)
    .execute()
}

/** Versions that are not PRESENT where they should be; those that were looked at longest ago first. */
export async function listNotPresent(db: Kysely<DB>, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('locations')
    .innerJoin('versions', 'versions.versionId', 'locations.versionId')
    .select('locations.versionId')
    .where(sql<boolean>`(locations.presence <> 'PRESENT' or locations.unreadable_since is not null)`)
    .where('versions.lifecycle', '=', 'SEALED')
    .where('locations.lookWantedAt', 'is', null)
    .orderBy('locations.lastChecked')
    .limit(limit)
    .execute()
  return rows.map(({ versionId }) => versionId)
}

/** Something says that a version's bytes may be others than its manifest says; a validation decides. */
export async function doubtLocations(trx: Transaction<DB>, versionId: string): Promise<void> {
  await trx
    .updateTable('locations')
    .set({ doubtedAt: sql`now()` })
    .where('versionId', '=', versionId)
    .where('presence', '<>', 'MISSING')
    .where('doubtedAt', 'is', null)
    .execute()
}

export async function isDoubted(trx: Transaction<DB>, versionId: string): Promise<boolean> {
  const doubted = await trx
    .selectFrom('locations')
    .select('versionId')
    .where('versionId', '=', versionId)
    .where('doubtedAt', 'is not', null)
    .executeTakeFirst()
  return doubted !== undefined
}

/** Sealed versions that a volume should have, in one state that is not PRESENT. */
export interface NotPresent {
  readonly volumeId: string
  readonly presence: string
  readonly count: number
  /** References of the first three, such as `lab@2`. */
  readonly first: readonly string[]
}

export async function countNotPresent(db: Kysely<DB>): Promise<NotPresent[]> {
  const { rows } = await sql<NotPresent>`
    select volume_id as "volumeId", shown as presence, count(*)::integer as count,
      (array_agg(reference order by reference))[1:3] as first
    from (
      select locations.volume_id, images.image_id || '@' || versions.number as reference,
        case when locations.unreadable_since is null then locations.presence else 'UNREADABLE' end as shown
      from locations
        join versions on versions.version_id = locations.version_id
        join images on images.uid = versions.image_uid
      where (locations.presence <> 'PRESENT' or locations.unreadable_since is not null)
        and versions.lifecycle = 'SEALED'
    ) as lost
    group by volume_id, shown order by volume_id, shown`.execute(db)
  return rows
}
