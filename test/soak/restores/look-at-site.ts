import { catalog as contracts } from '@goldkeep/contracts'
import { parseImageId } from '@goldkeep/domain'
import { askDatabase, sha256OfFile, waitUntil } from '@goldkeep/testing'
import { parseImageDocument, volumeLayout } from '@goldkeep/volume'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { untilPublished } from '../../e2e/support/until-published.js'
import { images, path, type Site } from './site.js'

/**
 * Waits until link and image.json say what the catalog says, and looks whether every version that was ever
 * sealed has its bytes, and whether no number stands for two versions.
 * @throws Error with what is broken
 */
export async function lookAtSite(site: Site): Promise<void> {
  site.counts.looks += 1
  for (const image of images) {
    await untilPublished(site.catalog, site.house.volume, image)
    await untilItIsThisState(site, image)
  }
  const broken = [...(await brokenVersions(site)), ...(await brokenNumbers(site))]
  if (broken.length > 0) throw new Error(`broken:\n${broken.join('\n')}`)
}

/** Generations of two states of the database may have one number; their ids differ. */
async function untilItIsThisState({ house }: Site, image: string): Promise<void> {
  const file = volumeLayout(house.volume).imageFile(parseImageId(image))
  const query = 'select generation_id::text from images where image_id = $1 and deleted_at is null'
  await waitUntil(
    async () => {
      if (!existsSync(file)) return true
      const { generation_id: found } = parseImageDocument(await readFile(file))
      return found === (await askDatabase(house.databaseUrl, query, [image]))
    },
    { what: `the last generation of ${image} is published`, timeoutMs: 60_000, intervalMs: 200 },
  )
}

async function brokenVersions({ house, sealed }: Site): Promise<string[]> {
  const broken: string[] = []
  for (const [versionId, { image, sha256 }] of sealed) {
    const file = join(house.volume, 'images', image, 'versions', versionId, path)
    const found = await sha256OfFile(file).catch((error: Error) => error.message)
    if (found !== sha256) broken.push(`${versionId}: ${path} is ${found}, expected ${sha256}`)
  }
  return broken
}

/**
 * Numbers count that the volume has heard of: one that was given just before the copy came back is nobody's, also one
 * of a version whose seal was recorded since the last publication was waited for.
 */
async function brokenNumbers({ catalog, house, numbers }: Site): Promise<string[]> {
  const broken: string[] = []
  for (const imageId of images) {
    const filter = { imageId }
    const { versions } = await catalog.versions.list({ filter, pageSize: 1000 })
    const nextNumber = await publishedNextNumber(house.volume, imageId)
    for (const { number, versionId, lifecycle } of versions) {
      // What is not sealed yet may be given another number.
      if (lifecycle !== contracts.Lifecycle.LIFECYCLE_SEALED || number >= nextNumber) continue
      const name = `${imageId}@${number}`
      const known = numbers.get(name) ?? versionId
      if (known !== versionId) broken.push(`${name} was ${known}, and is ${versionId}`)
      numbers.set(name, known)
    }
  }
  return broken
}

async function publishedNextNumber(volume: string, image: string): Promise<number> {
  const file = volumeLayout(volume).imageFile(parseImageId(image))
  return existsSync(file) ? (parseImageDocument(await readFile(file)).next_number ?? 0) : 0
}
