import { DomainError, parseVolumeId } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import { aheadOf, databaseNow } from '../db/clock.js'
import { getHouse, raiseEpochAbove, readDatabaseState, type House } from '../db/house-queries.js'
import { wakeJobsOfVolume } from '../db/jobs-of-volume.js'
import type { DB } from '../db/tables.js'
import { volumeRetired } from '../db/volumes-queries.js'

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
  /** Drawn by the storage service when it starts. */
  readonly instanceId: string
  /** By the storage service's own clock. */
  readonly clockTime?: Date | undefined
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
  const { address, capacityBytes, freeBytes, instanceId } = volume
  const troubles = [...volume.troubles]
  const served = { address, instanceId, rivalAddress: null, rivalSeenAt: null }
  const clockAheadMs = aheadOf(volume.clockTime)
  const seen = { ...served, capacityBytes, freeBytes, troubles, clockAheadMs, epoch: volume.epoch }
  await trx
    .insertInto('volumes')
    .values({ volumeId, ...seen })
    .onConflict((conflict) => conflict.column('volumeId').doUpdateSet({ ...seen, lastSeenAt: sql`now()` }))
    .execute()
  await wakeJobsOfVolume(trx, volumeId)
  const { incarnation } = await readDatabaseState(trx)
  return { houseId, epoch, serverTime: await databaseNow(trx), incarnation }
}

/** Stands for the service of a volume whose last one has stopped in order. */
export const nobody = ''

/**
 * A storage service that has reported within so long is alive: every one reports more often. A standby that takes
 * over has watched the volume's lease for longer than this.
 */
const aliveForMs = 10_000

/**
 * Refuses a second service for a volume while the first still reports from another address. A volume has one owner
 * by its lease, so one of the two serves a copy of the directory, such as a snapshot, and the catalog cannot know
 * which. It keeps to the one that it knows.
 * @throws DomainError VOLUME_SERVED_ELSEWHERE
 */
export async function refuseRival(
  db: Kysely<DB>,
  { volumeId, instanceId, address }: Pick<VolumeAnnouncement, 'volumeId' | 'instanceId' | 'address'>,
): Promise<void> {
  const served = await db
    .updateTable('volumes')
    .set({ rivalAddress: address, rivalSeenAt: sql`now()` })
    .where('volumeId', '=', volumeId)
    .where('instanceId', 'not in', [instanceId, nobody])
    .where('address', '!=', address)
    .where(sql<boolean>`last_seen_at > now() - ${aliveForMs} * interval '1 millisecond'`)
    .returning(['address'])
    .executeTakeFirst()
  if (served) throw servedElsewhere(volumeId, served.address)
}

/**
 * Whether a report comes from the service that has registered the volume. A volume that is not known is let
 * through: a database that was put back hears of it a moment later.
 * @throws DomainError VOLUME_SERVED_ELSEWHERE, VOLUME_RETIRED
 */
export async function requireInstance(db: Kysely<DB>, volumeId: string, instanceId: string): Promise<void> {
  const row = await db.selectFrom('volumes').selectAll().where('volumeId', '=', volumeId).executeTakeFirst()
  if (row?.retiredAt) throw volumeRetired(row)
  if (row && row.instanceId !== nobody && row.instanceId !== instanceId)
    throw servedElsewhere(volumeId, row.address)
}

/**
 * Refuses a retired volume that comes back, and notes that it did: only a person takes it back.
 * @throws DomainError VOLUME_RETIRED
 */
export async function refuseRetired(db: Kysely<DB>, volumeId: string): Promise<void> {
  const retired = await db
    .updateTable('volumes')
    .set({ returnedAt: sql`now()` })
    .where('volumeId', '=', volumeId)
    .where('retiredAt', 'is not', null)
    .returningAll()
    .executeTakeFirst()
  if (retired) throw volumeRetired(retired)
}

const servedElsewhere = (volumeId: string, address: string): DomainError =>
  new DomainError(
    'VOLUME_SERVED_ELSEWHERE',
    `volume ${volumeId} is served by the storage service at ${address}; one of the two directories is a copy. ` +
      'Stop the service of the wrong one',
    { volume_id: volumeId, address },
  )
