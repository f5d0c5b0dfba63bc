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
      const volumes = (await listVolumes(db)).map((volume) => ({
        volumeId: volume.volumeId,
        address: volume.address,
        houseId,
        capacityBytes: BigInt(volume.capacityBytes),
        freeBytes: BigInt(volume.freeBytes),
        lastSeenTime: volume.lastSeenAt,
        troubles: [...volume.troubles, ...rivalOf(volume)],
      }))
      return { volumes, serverTime: await databaseNow(db) }
    },
  }
}

function rivalOf({ address, rivalAddress, rivalSeenAt }: VolumeRow): string[] {
  if (rivalAddress === null || rivalSeenAt === null) return []
  return [
    `a second storage service, at ${rivalAddress}, wanted to serve a volume with this id at ` +
      `${rivalSeenAt.toISOString()} and was refused, since the one at ${address} does; one of their directories is a copy`,
  ]
}
