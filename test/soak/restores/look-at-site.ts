import { parseImageId, parseVersionId } from '@goldkeep/domain'
import { sha256OfFile, waitUntil } from '@goldkeep/testing'
import { parseImageDocument, primaryLinkTarget, volumeLayout } from '@goldkeep/volume'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { images, path, type Site } from './site.js'

/**
 * Waits until link and image.json say what the catalog says, and looks whether every version that was ever
 * sealed has its bytes, and whether no number stands for two versions.
 * @throws Error with what is broken
 */
export async function lookAtSite(site: Site): Promise<void> {
  site.counts.looks += 1
  for (const image of images) await settled(site, image)
  const broken = [...(await brokenVersions(site)), ...(await brokenNumbers(site))]
  if (broken.length > 0) throw new Error(`broken:\n${broken.join('\n')}`)
}

async function settled({ catalog, house }: Site, image: string): Promise<void> {
  let differences: readonly string[] = []
  await waitUntil(
    async () => {
      const { primaryVersionId, generation } = await catalog.images.get({ imageId: image })
      differences = publishedOtherwise(house.volume, image, primaryVersionId, Number(generation))
      return differences.length === 0
    },
    { what: `${image} is published`, timeoutMs: 60_000, intervalMs: 200 },
  ).catch((error: unknown) => {
    throw new Error(`the catalog and the volume stay apart: ${differences.join('; ')}`, { cause: error })
  })
}

/** What on the volume is not as the catalog has it. */
function publishedOtherwise(volume: string, image: string, primary: string, generation: number): string[] {
  const layout = volumeLayout(volume)
  const imageId = parseImageId(image)
  const file = layout.imageFile(imageId)
  const document = existsSync(file) ? parseImageDocument(readFileSync(file)) : undefined
  const holds = primary !== '' && existsSync(layout.version(imageId, parseVersionId(primary)))
  const wanted = holds ? primaryLinkTarget(imageId, parseVersionId(primary)) : 'none'
  const pairs = [
    ['the link', linkTarget(layout.primaryLink(imageId)), wanted],
    ['the primary in image.json', document?.primary ?? '', primary],
    ['the generation in image.json', document?.generation ?? 0, document || primary ? generation : 0],
  ] as const
  return pairs.flatMap(([what, found, expected]) =>
    found === expected ? [] : [`${what} of ${image} is ${found}, expected ${expected}`],
  )
}

function linkTarget(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return 'none'
  }
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
    for (const { number, versionId } of versions) {
      if (number === 0) continue
      const name = `${imageId}@${number}`
      const known = numbers.get(name) ?? versionId
      if (known !== versionId) broken.push(`${name} was ${known}, and is ${versionId}`)
      numbers.set(name, known)
    }
  }
  return broken
}
