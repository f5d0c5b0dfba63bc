import { DomainError, parseVolumeId } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getHouse, raiseEpochAbove, readDatabaseState, type House } from '../db/house-queries.js'
import { wakeJobsOfVolume } from '../db/jobs-of-volume.js'
import type { DB } from '../db/tables.js'

export interface VolumeAnnouncement {
  readonly volumeId: string
  /** Empty for a new volume. */
  readonly houseId: string
  readonly address: string
  readonly epoch: number
  readonly capacityBytes: number
  readonly freeBytes: number
  /** What an administrator must see to, a sentence each. */
  readonly troubles: readonly string[]
}

/** The house, and its clock. */
export interface RegisteredVolume extends House {
  readonly serverTime: Date
  /** Which database it is. */
  readonly incarnation: string
}

/**
 * Takes a volume into the house, or notes where it serves now. When it has seen a later epoch than the
 * database knows, the database is an old copy, and the epoch is raised so that its orders count again.
 * @throws DomainError HOUSE_MISMATCH
 */
export async function registerVolume(
  trx: Transaction<DB>,
  volume: VolumeAnnouncement,
): Promise<RegisteredVolume> {
  const volumeId = parseVolumeId(volume.volumeId)
  const { houseId, epoch: known } = await getHouse(trx)
  if (volume.houseId !== '' && volume.houseId !== houseId)
    throw new DomainError(
      'HOUSE_MISMATCH',
      `volume ${volumeId} belongs to house ${volume.houseId}, and this is house ${houseId}; ` +
        'start it with the catalog of its own house',
      { expected: houseId, found: volume.houseId },
    )
  const epoch = volume.epoch > known ? await raiseEpochAbove(trx, volume.epoch) : known
  const { address, capacityBytes, freeBytes } = volume
  const troubles = [...volume.troubles]
  const seen = { address, capacityBytes, freeBytes, troubles, epoch: volume.epoch }
  await trx
    .insertInto('volumes')
    .values({ volumeId, ...seen })
    .onConflict((conflict) => conflict.column('volumeId').doUpdateSet({ ...seen, lastSeenAt: sql`now()` }))
    .execute()
  await wakeJobsOfVolume(trx, volumeId)
  const { incarnation } = await readDatabaseState(trx)
  return { houseId, epoch, serverTime: await databaseNow(trx), incarnation }
}
