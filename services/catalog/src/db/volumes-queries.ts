import { DomainError } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { DB, VolumeRow } from './tables.js'

/**
 * A volume, and how long ago it last reported, in milliseconds by the database's clock. 0 when that clock was set back
 * since, until the next sweep.
 */
export interface HeardVolume extends VolumeRow {
  readonly silentMs: number
}

/** Those that are not retired. */
export const listHeardVolumes = (db: Kysely<DB>): Promise<HeardVolume[]> =>
  selectHeard(db).where('retiredAt', 'is', null).execute()

/** The same with those that are. */
export const listAllVolumes = (db: Kysely<DB>): Promise<HeardVolume[]> => selectHeard(db).execute()

const selectHeard = (db: Kysely<DB>) =>
  db
    .selectFrom('volumes')
    .selectAll()
    .select(sql<number>`greatest(0, extract(epoch from now() - last_seen_at) * 1000)::float8`.as('silentMs'))
    .orderBy('volumeId')

/** @throws DomainError VOLUME_NOT_FOUND */
export async function getVolume(db: Kysely<DB>, volumeId: string): Promise<VolumeRow> {
  return found(volumeId, await selectVolume(db, volumeId).executeTakeFirst())
}

/** @throws DomainError VOLUME_NOT_FOUND */
export async function lockVolume(trx: Transaction<DB>, volumeId: string): Promise<VolumeRow> {
  return found(volumeId, await selectVolume(trx, volumeId).forUpdate().executeTakeFirst())
}

const selectVolume = (db: Kysely<DB>, volumeId: string) =>
  db.selectFrom('volumes').selectAll().where('volumeId', '=', volumeId)

/** The refusal of whatever a retired volume, or a client for it, wants. */
export function volumeRetired({ volumeId, retiredAt, retiredReason }: VolumeRow): DomainError {
  return new DomainError(
    'VOLUME_RETIRED',
    `volume ${volumeId} was retired at ${retiredAt?.toISOString()} (${retiredReason}) and is taken for lost; ` +
      'an administrator may take it back',
    { volume_id: volumeId },
  )
}

function found(volumeId: string, row: VolumeRow | undefined): VolumeRow {
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
