import { beginUpload, connectCatalog, type CatalogConnection } from '@goldkeep/client'
import {
  copyDatabase,
  isTried,
  putBackDatabase,
  startHouse,
  triesAll,
  winpeSchema,
  type House,
} from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { contentOf } from '../faults/support/storage-session.js'
import { untilPublished } from './support/until-published.js'

const image = 'win11-lab'
const path = 'hd0/part1.winpe.wim'
const schema = Buffer.from(winpeSchema({ partitions: [{ number: 1 }] }))
const retry = { forMs: 60_000 }

/** Copies of the database and of the volume, made at one moment. */
interface Moment {
  readonly database: string
  readonly volume: string
}

const moments = 4
type Order = 'catalog first' | 'storage first' | 'under running storage'
const orders: readonly Order[] = ['catalog first', 'storage first', 'under running storage']

/** Every pair of moments; a running storage keeps its volume. */
const pairs = Array.from({ length: moments }, (_, database) => database).flatMap((database) =>
  Array.from({ length: moments }, (_, volume) => volume).flatMap((volume) =>
    orders
      .filter((order) => order !== 'under running storage' || volume === moments - 1)
      .map((order) => ({ database, volume, order })),
  ),
)
/** The database alone, under a running storage, is among every sample, with a few others. */
const always = pairs.filter(({ database, order }) => database === 0 && order === 'under running storage')
const others = pairs.filter(
  (pair) => !always.includes(pair) && isTried(`put back ${JSON.stringify(pair)}`, ''),
)
const tried = triesAll ? pairs : [...always, ...others.slice(0, 3)]

describe('a database and a volume that are put back from copies', () => {
  let house: House
  let catalog: CatalogConnection
  const versions: string[] = []
  const kept: Moment[] = []

  beforeAll(async () => {
    house = await startHouse({ queue: 'redis', workers: 1 })
    const token = house.environment.GOLDKEEP_TOKEN ?? ''
    catalog = connectCatalog({ address: house.catalogAddress, token, retry })
    await catalog.images.create({ imageId: image })
    for (let moment = 0; moment < moments; moment += 1) {
      versions.push(await seal())
      await promote(versions.at(-1) ?? '')
      await untilPublished(catalog, house.volume, image)
      const volume = join(house.directory, `volume-${moment}`)
      await cp(house.volume, volume, { recursive: true, filter: (source) => !source.endsWith('.sock') })
      kept.push({ volume, database: await copyDatabase(house.databaseUrl) })
    }
  }, 180_000)
  afterAll(async () => {
    catalog.close()
    await house.stop()
  }, 60_000)

  async function seal(): Promise<string> {
    const content = contentOf(30_000, randomUUID())
    const { session } = await beginUpload(catalog, { imageId: image, schema }, retry)
    try {
      await session.open(schema)
      const stored = await session.write({ path, source: await content.source(), mode: { kind: 'restart' } })
      await session.seal([{ path, size: stored.size, sha256: stored.sha256 }])
      return session.versionId
    } finally {
      session.close()
    }
  }

  async function promote(versionId: string): Promise<void> {
    const order = { imageId: image, versionId, force: true, reason: 'for the test' }
    await catalog.images.promote({ ...order, requestId: randomUUID() })
  }

  async function putBackVolume({ volume }: Moment): Promise<void> {
    await rm(house.volume, { recursive: true })
    await cp(volume, house.volume, { recursive: true })
  }

  test.each(tried)(
    'agree again: database $database, volume $volume, $order',
    async (pair) => {
      const database = kept[pair.database]
      const volume = kept[pair.volume]
      if (!database || !volume) throw new Error('a copy is missing')
      if (pair.order === 'under running storage') {
        await putBackDatabase(house.databaseUrl, database.database)
      } else {
        await Promise.all([house.catalog.kill(), house.storage.kill()])
        await putBackDatabase(house.databaseUrl, database.database)
        await putBackVolume(volume)
        const [first, second] =
          pair.order === 'catalog first' ? [house.catalog, house.storage] : [house.storage, house.catalog]
        // Storage answers when the catalog does.
        await Promise.all([first.start(), second.start()])
      }
      // At once, before anything was compared: by numbers alone it could be taken for what is there.
      const known = versions[Math.min(pair.database, pair.volume)] ?? ''
      await promote(known)
      await untilPublished(catalog, house.volume, image)
      expect((await catalog.images.get({ imageId: image })).primaryVersionId).toBe(known)
    },
    120_000,
  )
})
