import type { WimExamination, WimImage } from '@goldkeep/wim'
import {
  contentBytes,
  describedBytes,
  findLargerThanPartition,
  type CapturedSource,
  type ImageRemark,
} from './find-image-fault.js'
import { bytesText, counted, mebibytesText, percentText } from './finding.js'
import { isTooSmall, smallestShare } from './smallest-share.js'

const toleratedBytes = 1024 * 1024

/** What a person should look at before the image of a WIM is deployed. */
export function findImageOddities(
  images: readonly WimImage[],
  source: CapturedSource,
  examination: WimExamination,
): ImageRemark[] {
  const bytes = contentBytes(images[0], examination)
  const larger = findLargerThanPartition(images, source, examination)
  return [
    ...severalImages(images),
    ...smallImage(bytes, source.usedMiB),
    ...(larger ? [larger] : []),
    ...otherSums(images, examination),
  ]
}

function severalImages({ length }: readonly WimImage[]): ImageRemark[] {
  if (length <= 1) return []
  const message =
    'The file holds more than one image: a piped deployment takes the first, and a share client, which names no image, cannot apply it.'
  return [{ message, expected: 'one image', found: counted(length, 'image') }]
}

function smallImage(bytes: number | undefined, usedMiB: number | undefined): ImageRemark[] {
  if (bytes === 0)
    return [{ message: 'The image has no content of any file.', expected: 'files', found: 'none' }]
  if (bytes === undefined || usedMiB === undefined || !isTooSmall(bytes, usedMiB)) return []
  return [
    {
      message: 'The image holds far less than was in use on the source.',
      expected: `at least ${percentText(smallestShare)} of ${mebibytesText(usedMiB)}`,
      found: bytesText(bytes),
    },
  ]
}

/** Microsoft's programs count otherwise at times, so that this proves nothing. */
function otherSums(images: readonly WimImage[], { header, contents }: WimExamination): ImageRemark[] {
  const described = describedBytes(images)
  if (described === undefined || !contents?.complete || header.totalParts > 1) return []
  const held = contents.fileBytes
  const [small, large] = held < described ? [held, described] : [described, held]
  if (large <= 2 * small + toleratedBytes) return []
  return [
    {
      message: 'The image describes another amount of content than the blob table does.',
      expected: bytesText(described),
      found: bytesText(held),
    },
  ]
}
