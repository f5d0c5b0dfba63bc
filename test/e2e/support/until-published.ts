import type { CatalogConnection } from '@goldkeep/client'
import { parseImageId, parseVersionId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { parseImageDocument, primaryLinkTarget, volumeLayout } from '@goldkeep/volume'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * Waits until link and image.json on the volume say what the catalog says.
 * @throws Error with what differs
 */
export async function untilPublished(
  catalog: CatalogConnection,
  volume: string,
  image: string,
): Promise<void> {
  let differences: readonly string[] = []
  await waitUntil(
    async () => {
      const { primaryVersionId, generation } = await catalog.images.get({ imageId: image })
      differences = publishedOtherwise(volume, image, primaryVersionId, Number(generation))
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
