import type { Presence } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import { addPublications } from './publications-queries.js'
import type { DB } from './tables.js'
import type { LocationsTable } from './tables/version-tables.js'

type StoredPresence = LocationsTable['presence']

/** What is known of a version's bytes on a volume now. */
export const shownPresence = sql<Presence>`
  case when locations.unreadable_since is null then locations.presence else 'UNREADABLE' end`

export async function listPresences(db: Kysely<DB>, versionId: string): Promise<Presence[]> {
  const rows = await db
    .selectFrom('locations')
    .select(shownPresence.as('presence'))
    .where('versionId', '=', versionId)
    .execute()
  return rows.map((row) => row.presence)
}

/** Records what is known of a version's bytes on a volume as of now. */
export async function setLocation(
  trx: Transaction<DB>,
  location: { readonly versionId: string; readonly volumeId: string; readonly presence: StoredPresence },
): Promise<void> {
  const { versionId, volumeId, presence } = location
  await trx
    .insertInto('locations')
    .values({ versionId, volumeId, presence })
    .onConflict((conflict) =>
      conflict
        .columns(['versionId', 'volumeId'])
        .doUpdateSet({ presence, unreadableSince: null, lastChecked: sql`now()` }),
    )
    .execute()
  await addPublications(trx, volumeId, [versionId])
}

/** The same for any number of versions of one volume. */
export async function setLocations(
  trx: Transaction<DB>,
  volumeId: string,
  versionIds: readonly string[],
  presence: StoredPresence,
): Promise<void> {
  if (versionIds.length === 0) return
  await sql`
    insert into locations (version_id, volume_id, presence)
    select distinct unnest(${sql.val([...versionIds])}::text[]), ${volumeId}, ${presence}
    on conflict (version_id, volume_id)
    do update set presence = excluded.presence, unreadable_since = null, last_checked = now()`.execute(trx)
  await addPublications(trx, volumeId, versionIds)
}

/** Versions seen on a volume: what was missing is back, what is damaged stays so until its digests are right. */
export async function confirmLocations(
  trx: Transaction<DB>,
  volumeId: string,
  versionIds: readonly string[],
): Promise<void> {
  if (versionIds.length === 0) return
  await sql`
    insert into locations (version_id, volume_id, presence)
    select distinct unnest(${sql.val([...versionIds])}::text[]), ${volumeId}, 'PRESENT'
    on conflict (version_id, volume_id) do update set last_checked = now(), unreadable_since = null,
      presence = case locations.presence when 'DAMAGED' then 'DAMAGED' else 'PRESENT' end`.execute(trx)
  await addPublications(trx, volumeId, versionIds)
}

/**
 * Versions that are on a volume which cannot read them: what was known of them before stays, and is not looked at
 * before they can be read.
 */
export async function setUnreadable(
  trx: Transaction<DB>,
  volumeId: string,
  versionIds: readonly string[],
): Promise<void> {
  if (versionIds.length === 0) return
  await sql`
    update locations set unreadable_since = coalesce(unreadable_since, now()), last_checked = now()
    where volume_id = ${volumeId} and version_id = any(${sql.val([...versionIds])}::text[])`.execute(trx)
}
