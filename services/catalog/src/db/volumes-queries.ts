import { DomainError } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import type { DB, VolumeRow } from './tables.js'

export function listVolumes(db: Kysely<DB>): Promise<VolumeRow[]> {
  return db.selectFrom('volumes').selectAll().orderBy('volumeId').execute()
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
