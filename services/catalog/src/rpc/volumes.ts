import { catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { Kysely, Transaction } from 'kysely'
import type { DatabaseSpace } from './database-space.js'
import { databaseNow } from '../db/clock.js'
import { getHouse } from '../db/house-queries.js'
import type { DB } from '../db/tables.js'
import { listWaitingValidations, type WaitingValidations } from '../db/waiting-validations.js'
import { listWorkers } from '../db/workers-queries.js'
import { describeClock } from '../domain/clocks.js'
import type { Times } from '../domain/times.js'
import { retireVolume, takeBackVolume } from '../operations/retire-volume.js'
import type { KnownCaller } from './door.js'
import { encodeVolume, firstOf, readVolumes } from './encode-volume.js'
import { decodePageToken, readPage } from './page.js'

/** The Volumes service. */
export function volumesService(
  db: Kysely<DB>,
  times: Pick<Times, 'volumeSilenceMs'>,
  space: Pick<DatabaseSpace, 'troubles'>,
): catalog.VolumesServiceImplementation<KnownCaller> {
  const change = async (
    volumeId: string,
    work: (trx: Transaction<DB>) => Promise<void>,
  ): Promise<catalog.Volume> => {
    await db.transaction().execute(work)
    const { houseId } = await getHouse(db)
    const known = await readVolumes(db)
    const volume = known.volumes.find((one) => one.volumeId === volumeId)
    if (!volume) throw new DomainError('VOLUME_NOT_FOUND', `volume ${volumeId}: not found`)
    return encodeVolume(volume, known, houseId, times.volumeSilenceMs)
  }
  return {
    list: async ({ pageSize, pageToken }) => {
      const { houseId } = await getHouse(db)
      const known = await readVolumes(db)
      const page = await readPage(pageSize, decodePageToken(pageToken), {
        read: async (limit, after = '') =>
          known.volumes.filter(({ volumeId }) => volumeId > after).slice(0, limit),
        keyOf: ({ volumeId }) => volumeId,
        encode: (volume) => encodeVolume(volume, known, houseId, times.volumeSilenceMs),
        codec: catalog.Volume,
      })
      const serverTime = await databaseNow(db)
      const troubles = [
        ...space.troubles,
        ...(await clockTroubles(db, serverTime)),
        ...(await waitingTroubles(db)),
      ]
      return { volumes: page.items, nextPageToken: page.nextPageToken, serverTime, troubles }
    },
    retire: (order, { actor }) => change(order.volumeId, (trx) => retireVolume(trx, order, actor, times)),
    takeBack: (order, { actor }) => change(order.volumeId, (trx) => takeBackVolume(trx, order, actor)),
  }
}

/** Versions that stay PENDING because nobody judges them. */
async function waitingTroubles(db: Kysely<DB>): Promise<string[]> {
  const waiting = await listWaitingValidations(db)
  return firstOf(waiting.map(describeWaiting))
}

function describeWaiting({ count, since, lack }: WaitingValidations): string {
  const what = count === 1 ? 'a validation waits' : `${count} validations wait`
  const todo =
    lack === '' ? 'no worker has asked for any; is one running?' : `${lack}; start a worker that can do it`
  return `${what} for a worker since ${since.toISOString()}: ${todo}`
}

/** Clocks that concern no volume: those of the workers, and of this process. */
async function clockTroubles(db: Kysely<DB>, databaseTime: Date): Promise<string[]> {
  const workers = await listWorkers(db)
  const own = describeClock('the catalog', Date.now() - databaseTime.getTime())
  const others = workers.map(({ workerId, clockAheadMs }) =>
    describeClock(`worker ${workerId}`, clockAheadMs),
  )
  return firstOf([own, ...others].filter((sentence) => sentence !== undefined))
}
