import { newVersionId, parseFilePath, parseImageId, type VersionId } from '@goldkeep/domain'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bytesOf } from './bytes.js'
import { carefulClient } from './careful-client.js'
import { newLedger, type Ledger } from './ledger.js'
import { Medium } from './power-loss/medium.js'
import { newProcess } from './store-process.js'

export const lab = parseImageId('win11-lab')
export const office = parseImageId('win10-office')
export const firstFile = parseFilePath('hd0/part1.winpe.wim')
export const secondFile = parseFilePath('hd0/part2.winpe.wim')

/** A volume with some of everything on it, and what is known of it. */
export interface World {
  readonly volume: string
  readonly ledger: Ledger
  /** Sealed versions of the lab's image; the first is its primary. */
  readonly good: VersionId
  readonly better: VersionId
  /** An upload with one file complete and one half written. */
  readonly open: VersionId
}

/** Larger than one sync of the tests, smaller than would take time. */
export const contentOf = (seed: string): Buffer => bytesOf(5_000, seed)

let count = 0

/** An id that no other of this process has. */
export const freshVersion = (): VersionId => newVersionId(new Date(Date.UTC(2026, 10, 22) + 1000 * count++))

/** Fills an empty directory with images, versions, an open upload, and what strangers left. */
export async function makeWorld(volume: string): Promise<World> {
  mkdirSync(volume, { recursive: true })
  const ledger = newLedger()
  const process = newProcess(new Medium(volume))
  const store = await process.start()
  const client = carefulClient(store, ledger)
  const sealOne = async (imageId: typeof lab, seed: string): Promise<VersionId> => {
    const versionId = freshVersion()
    await client.stage(versionId, imageId)
    await client.write(versionId, firstFile, contentOf(`${seed}/1`))
    if (imageId === lab) await client.write(versionId, secondFile, contentOf(`${seed}/2`))
    await client.seal(versionId)
    await store.forgetUpload(versionId)
    return versionId
  }
  const good = await sealOne(lab, 'good')
  const better = await sealOne(lab, 'better')
  await sealOne(office, 'office')
  await client.publish(lab, 1, good)
  await client.publish(office, 1)
  const open = freshVersion()
  await client.stage(open, lab)
  await client.write(open, firstFile, contentOf('open/1'))
  const writer = await client.restart(open, secondFile, contentOf('open/2'))
  await writer.append(contentOf('open/2').subarray(0, 2_000))
  await client.commit(open, secondFile, writer)
  await writer.close()
  await process.stop()
  leaveStrangers(volume, ledger, good)
  return { volume, ledger, good, better, open }
}

/** Puts files all over the volume that are none of Goldkeep’s. */
export function leaveStrangers(volume: string, ledger: Ledger, good: VersionId): void {
  const places = [
    'staging/someone/hd0/notes.txt',
    `images/${lab}/versions/${good} - Copy/hd0/part1.winpe.wim`,
    'images/unknown-image/readme',
    'trash/old/readme',
    'primary/readme',
    'from another server/schema',
  ]
  for (const place of places) {
    const bytes = Buffer.from(`a stranger's ${place}`)
    mkdirSync(dirname(join(volume, place)), { recursive: true })
    writeFileSync(join(volume, place), bytes)
    ledger.strangers.set(place, bytes)
  }
}

/** The same tree in another place. */
export function copyTree(from: string, to: string): string {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  return to
}
