import type { catalog } from '@goldkeep/contracts'
import type { Kysely } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getHouse } from '../db/house-queries.js'
import type { DB, VolumeRow } from '../db/tables.js'
import { listVolumes } from '../db/volumes-queries.js'
import type { KnownCaller } from './door.js'

/** The Volumes service. */
export function volumesService(db: Kysely<DB>): catalog.VolumesServiceImplementation<KnownCaller> {
  return {
    list: async () => {
      const { houseId } = await getHouse(db)
      const foreign = await db.selectFrom('foreignImages').selectAll().orderBy('imageId').execute()
      const volumes = (await listVolumes(db)).map((volume) => ({
        volumeId: volume.volumeId,
        address: volume.address,
        houseId,
        capacityBytes: BigInt(volume.capacityBytes),
        freeBytes: BigInt(volume.freeBytes),
        lastSeenTime: volume.lastSeenAt,
        troubles: [...volume.troubles, ...rivalOf(volume), ...foreignOf(volume, foreign)],
      }))
      return { volumes, serverTime: await databaseNow(db) }
    },
  }
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
