import { copyDatabase, dropDatabase, putBackDatabase } from '@goldkeep/testing'
import { randomFrom, type Random } from '../../../services/storage/test/support/random.js'
import { pickFrom } from '../shared.js'
import { act } from './acts.js'
import { lookAtSite } from './look-at-site.js'
import { startSite, stopSite, type RestoreCounts, type Site } from './site.js'

export interface RestoresOptions {
  readonly milliseconds: number
  readonly seed: string
  /** Told after each look how far it is. */
  readonly onLook?: (counts: RestoreCounts) => void
}

const mostCopies = 4

/**
 * Uploads, promotes, rolls back and marks, while services are killed and copies of the database are put
 * back; holds the server to its laws after each.
 * @throws Error with the seed and what is broken
 */
export async function soakRestores({ milliseconds, seed, onLook }: RestoresOptions): Promise<RestoreCounts> {
  const site = await startSite(randomFrom(seed))
  const until = performance.now() + milliseconds
  const copies: string[] = []
  try {
    while (performance.now() < until) {
      await someActs(site)
      if (copies.length < mostCopies) await keepCopy(site, copies)
      await someActs(site)
      if (site.random() < 0.3) await killOne(site)
      if (site.random() < 0.6) await putBack(site, copies)
      await someActs(site)
      await lookAtSite(site)
      onLook?.(site.counts)
    }
    return site.counts
  } catch (error) {
    throw new Error(`with seed ${seed}: ${(error as Error).message}`, { cause: error })
  } finally {
    await stopSite(site)
  }
}

async function someActs(site: Site): Promise<void> {
  const several = 1 + Math.floor(site.random() * 5)
  for (let count = 0; count < several; count += 1)
    await Promise.all(site.random() < 0.3 ? [act(site), act(site)] : [act(site)])
}

async function keepCopy({ house, counts }: Site, copies: string[]): Promise<void> {
  copies.push(await copyDatabase(house.databaseUrl))
  counts.copies += 1
}

async function killOne({ house, random, counts }: Site): Promise<void> {
  const service = pickFrom(random, [house.catalog, house.storage, ...house.workers])
  await service?.kill()
  await service?.start()
  counts.kills += 1
}

/** Under running services, with the catalog down, or with catalog and storage down. */
async function putBack({ house, random, counts }: Site, copies: string[]): Promise<void> {
  const copy = pickFrom(random, copies)
  if (!copy) return
  const down = pickFrom(random, [[], [house.catalog], [house.catalog, house.storage]]) ?? []
  await Promise.all(down.map((service) => service.kill()))
  await putBackDatabase(house.databaseUrl, copy)
  for (const service of inAnyOrder(random, down)) await service.start()
  counts.putBack += 1
  if (random() < 0.5) return
  copies.splice(copies.indexOf(copy), 1)
  await dropDatabase(copy)
}

const inAnyOrder = <T>(random: Random, all: readonly T[]): readonly T[] =>
  random() < 0.5 ? all : [...all].reverse()
