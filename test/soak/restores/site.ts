import { connectCatalog, type CatalogConnection, type RetryPolicy } from '@goldkeep/client'
import { startHouse, winpeSchema, type House } from '@goldkeep/testing'
import type { Random } from '../../../services/storage/test/support/random.js'

export const images: readonly string[] = ['win11-lab', 'win10-office']
export const path = 'hd0/part1.winpe.wim'
export const schema = Buffer.from(winpeSchema({ partitions: [{ number: 1 }] }))

/** For so long a call is repeated while the catalog or storage is down. */
export const retry: RetryPolicy = { forMs: 60_000 }

/** A version whose seal was answered. */
export interface SealedVersion {
  readonly image: string
  /** Of its one partition's file. */
  readonly sha256: string
}

export interface RestoreCounts {
  sealed: number
  promoted: number
  refused: number
  copies: number
  putBack: number
  kills: number
  looks: number
}

/** A server whose database is copied and put back, and what is known of it. */
export interface Site {
  readonly house: House
  readonly catalog: CatalogConnection
  readonly random: Random
  /** They stay, whatever becomes of the database. */
  readonly sealed: Map<string, SealedVersion>
  /** `<image>@<number>` → the version that was told to have it. */
  readonly numbers: Map<string, string>
  readonly counts: RestoreCounts
}

export async function startSite(random: Random): Promise<Site> {
  const house = await startHouse({ queue: 'redis', workers: 1 })
  const { GOLDKEEP_TOKEN: token = '' } = house.environment
  const catalog = connectCatalog({ address: house.catalogAddress, token, retry })
  for (const imageId of images) await catalog.images.create({ imageId })
  const counts = { sealed: 0, promoted: 0, refused: 0, copies: 0, putBack: 0, kills: 0, looks: 0 }
  return { house, catalog, random, sealed: new Map(), numbers: new Map(), counts }
}

export async function stopSite({ house, catalog }: Site): Promise<void> {
  catalog.close()
  await house.stop()
}
