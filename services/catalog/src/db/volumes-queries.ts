import { DomainError } from '@goldkeep/domain'
import { sql, type Kysely } from 'kysely'
import type { DB, VolumeRow } from './tables.js'

export function listVolumes(db: Kysely<DB>): Promise<VolumeRow[]> {
  return db.selectFrom('volumes').selectAll().orderBy('volumeId').execute()
}

/**
 * A volume, and how long ago it last reported, in milliseconds by the database's clock. 0 when that clock was set back
 * since, until the next sweep.
 */
export interface HeardVolume extends VolumeRow {
  readonly silentMs: number
}

export function listHeardVolumes(db: Kysely<DB>): Promise<HeardVolume[]> {
  return db
    .selectFrom('volumes')
    .selectAll()
    .select(sql<number>`greatest(0, extract(epoch from now() - last_seen_at) * 1000)::float8`.as('silentMs'))
    .orderBy('volumeId')
    .execute()
}

/** @throws DomainError VOLUME_NOT_FOUND */
export async function getVolume(db: Kysely<DB>, volumeId: string): Promise<VolumeRow> {
  const row = await db.selectFrom('volumes').selectAll().where('volumeId', '=', volumeId).executeTakeFirst()
  if (!row)
    throw new DomainError(
      'VOLUME_NOT_FOUND',
      `volume ${volumeId}: not registered in this house; start its storage service`,
      {
        volume_id: volumeId,
      },
    )
  return row
}
