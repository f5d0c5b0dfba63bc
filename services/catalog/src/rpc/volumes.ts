import { catalog } from '@goldkeep/contracts'
import { listed } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getHouse } from '../db/house-queries.js'
import type { DB, VolumeRow } from '../db/tables.js'
import { listHeardVolumes, type HeardVolume } from '../db/volumes-queries.js'
import { listWorkers } from '../db/workers-queries.js'
import { describeClock } from '../domain/clocks.js'
import { describeSilence, volumesAtAddressOf } from '../domain/silent-volumes.js'
import type { Times } from '../domain/times.js'
import type { KnownCaller } from './door.js'
import { decodePageToken, readPage } from './page.js'

/** The Volumes service. */
export function volumesService(
  db: Kysely<DB>,
  { volumeSilenceMs }: Pick<Times, 'volumeSilenceMs'>,
): catalog.VolumesServiceImplementation<KnownCaller> {
  return {
    list: async ({ pageSize, pageToken }) => {
      const after = decodePageToken(pageToken) ?? ''
      const { houseId } = await getHouse(db)
      const foreign = await db.selectFrom('foreignImages').selectAll().orderBy('imageId').execute()
      const heard = await listHeardVolumes(db)
      const encode = (volume: HeardVolume): catalog.Volume => {
        const silence = describeSilence(volume, heard, volumeSilenceMs)
        return {
          volumeId: volume.volumeId,
          address: volume.address,
          houseId,
          capacityBytes: BigInt(volume.capacityBytes),
          freeBytes: BigInt(volume.freeBytes),
          lastSeenTime: volume.lastSeenAt,
          clockAhead: BigInt(Math.round((volume.clockAheadMs ?? 0) / 1000)),
          troubles: firstOf([
            ...listOf(silence),
            ...listOf(describeClock('its storage service', volume.clockAheadMs)),
            ...sharedAddressOf(volume, heard),
            ...volume.troubles,
            ...rivalOf(volume),
            ...foreignOf(volume, foreign),
          ]),
          silent: silence !== undefined,
        }
      }
      const rest = heard.filter(({ volumeId }) => volumeId > after)
      const page = await readPage(pageSize, {
        read: async (limit) => rest.slice(0, limit),
        keyOf: ({ volumeId }) => volumeId,
        encode,
        codec: catalog.Volume,
      })
      const serverTime = await databaseNow(db)
      const troubles = await clockTroubles(db, serverTime)
      return { volumes: page.items, nextPageToken: page.nextPageToken, serverTime, troubles }
    },
  }
}

const listOf = (sentence: string | undefined): string[] => (sentence === undefined ? [] : [sentence])

/** Clocks that concern no volume: those of the workers, and of this process. */
async function clockTroubles(db: Kysely<DB>, databaseTime: Date): Promise<string[]> {
  const workers = await listWorkers(db)
  const own = describeClock('the catalog', Date.now() - databaseTime.getTime())
  const others = workers.map(({ workerId, clockAheadMs }) =>
    describeClock(`worker ${workerId}`, clockAheadMs),
  )
  return firstOf([own, ...others].filter((sentence) => sentence !== undefined))
}

/** Bytes of the sentences of one volume that are told: people read no more, and many volumes fit into one message. */
const toldBytes = 64 * 1024

function firstOf(sentences: readonly string[]): string[] {
  let bytes = 0
  const told: string[] = []
  for (const sentence of sentences) {
    bytes += Buffer.byteLength(sentence)
    if (bytes > toldBytes) break
    told.push(sentence)
  }
  const left = sentences.length - told.length
  return left === 0 ? told : [...told, `and ${left} more`]
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
