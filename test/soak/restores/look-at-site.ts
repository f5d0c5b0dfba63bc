import { catalog as contracts } from '@goldkeep/contracts'
import { sha256OfFile } from '@goldkeep/testing'
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
  for (const image of images) await untilPublished(site.catalog, site.house.volume, image)
  const broken = [...(await brokenVersions(site)), ...(await brokenNumbers(site))]
  if (broken.length > 0) throw new Error(`broken:\n${broken.join('\n')}`)
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

/** Numbers count that were published: one that was given just before the copy came back is nobody's. */
async function brokenNumbers({ catalog, numbers }: Site): Promise<string[]> {
  const broken: string[] = []
  for (const imageId of images) {
    const filter = { imageId }
    const { versions } = await catalog.versions.list({ filter, pageSize: 1000 })
    for (const { number, versionId, lifecycle } of versions) {
      // What is not sealed yet may be given another number.
      if (lifecycle !== contracts.Lifecycle.LIFECYCLE_SEALED) continue
      const name = `${imageId}@${number}`
      const known = numbers.get(name) ?? versionId
      if (known !== versionId) broken.push(`${name} was ${known}, and is ${versionId}`)
      numbers.set(name, known)
    }
  }
  return broken
}
