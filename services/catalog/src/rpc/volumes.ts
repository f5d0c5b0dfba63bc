import type { catalog } from '@goldkeep/contracts'
import { listed } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getHouse } from '../db/house-queries.js'
import type { DB, VolumeRow } from '../db/tables.js'
import { listHeardVolumes } from '../db/volumes-queries.js'
import { describeSilence, volumesAtAddressOf } from '../domain/silent-volumes.js'
import type { Times } from '../domain/times.js'
import type { KnownCaller } from './door.js'

/** The Volumes service. */
export function volumesService(
  db: Kysely<DB>,
  { volumeSilenceMs }: Pick<Times, 'volumeSilenceMs'>,
): catalog.VolumesServiceImplementation<KnownCaller> {
  return {
    list: async () => {
      const { houseId } = await getHouse(db)
      const foreign = await db.selectFrom('foreignImages').selectAll().orderBy('imageId').execute()
      const heard = await listHeardVolumes(db)
      const volumes = heard.map((volume) => {
        const silence = describeSilence(volume, heard, volumeSilenceMs)
        return {
          volumeId: volume.volumeId,
          address: volume.address,
          houseId,
          capacityBytes: BigInt(volume.capacityBytes),
          freeBytes: BigInt(volume.freeBytes),
          lastSeenTime: volume.lastSeenAt,
          troubles: [
            ...(silence === undefined ? [] : [silence]),
            ...sharedAddressOf(volume, heard),
            ...volume.troubles,
            ...rivalOf(volume),
            ...foreignOf(volume, foreign),
          ],
          silent: silence !== undefined,
        }
      })
      return { volumes, serverTime: await databaseNow(db) }
    },
  }
}

function sharedAddressOf(volume: VolumeRow, all: readonly VolumeRow[]): string[] {
  const others = volumesAtAddressOf(volume, all).map(({ volumeId }) => volumeId)
  if (others.length === 0) return []
  return [
    `expected one volume at the address ${volume.address}, found also ${listed(others)}; ` +
      'put back the directory of the one that is gone, or give each storage service an address of its own',
  ]
}

function foreignOf(
  { volumeId }: VolumeRow,
  images: readonly { readonly volumeId: string; readonly imageId: string; readonly imageUid: string }[],
): string[] {
  return images
    .filter((image) => image.volumeId === volumeId)
    .map(
      ({ imageId, imageUid }) =>
        `it has an image ${imageId} (${imageUid}) that the catalog does not know, since its database was put back ` +
        'from an older copy; all of it is kept',
    )
}

function rivalOf({ address, rivalAddress, rivalSeenAt }: VolumeRow): string[] {
  if (rivalAddress === null || rivalSeenAt === null) return []
  return [
    `a second storage service, at ${rivalAddress}, wanted to serve a volume with this id at ` +
      `${rivalSeenAt.toISOString()} and was refused, since the one at ${address} does; one of their directories is a copy`,
  ]
}
