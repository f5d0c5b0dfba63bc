import type { WimExamination, WimImage } from '@goldkeep/wim'
import { bytesText, counted, mebibytesText, percentText } from './finding.js'
import { isNearlyEmpty, leastBytes } from './smallest-share.js'

/** What is wrong, or odd, with the images of a WIM, in the words of a finding. */
export interface ImageRemark {
  readonly message: string
  readonly expected: string
  readonly found: string
}

/** The partition that was captured, as far as it is known. */
export interface CapturedSource {
  /** In use, by the schema. */
  readonly usedMiB: number | undefined
  /** Of the partition, by the schema. */
  readonly sizeBytes?: number | undefined
  readonly fsType?: string | undefined
  /** An image with less than this share of it cannot be right. */
  readonly emptyShare: number
}

/** Descriptions may count some kinds of content otherwise than the table does, but never twice as much. */
const toleratedBytes = 1024 * 1024

/** Why a deployment could not apply the image that it is to apply: the first one of the file. */
export function findImageFault(
  images: readonly WimImage[],
  source: CapturedSource,
  examination: WimExamination,
): ImageRemark | undefined {
  return (
    findImageListFault(images, examination) ??
    findMetadataFault(images.length, examination) ??
    findNearlyEmpty(images[0], source, examination) ??
    (neverHoldsMore(source) ? findLargerThanPartition(images, source, examination) : undefined) ??
    findAbsentContent(images, examination)
  )
}

function findImageListFault(
  images: readonly WimImage[],
  { header }: WimExamination,
): ImageRemark | undefined {
  if (images.length === 0)
    return { message: 'The file holds no image.', expected: 'one image', found: 'none' }
  if (header.imageCount !== images.length)
    return {
      message: 'The header and the XML data disagree about the images.',
      expected: `${counted(header.imageCount, 'image')}, as the header says`,
      found: `${images.length} in the XML data`,
    }
  const numbers = images.map(({ index }) => index).toSorted((a, b) => a - b)
  if (numbers.every((number, position) => number === position + 1)) return undefined
  return {
    message: 'The XML data numbers the images wrongly.',
    expected: `1 to ${images.length}, each once`,
    found: numbers.slice(0, 10).join(', '),
  }
}

function findMetadataFault(images: number, { header, contents }: WimExamination): ImageRemark | undefined {
  // The other parts of a split set have none; a table that was read in part may hide some.
  if (!contents?.complete || header.partNumber !== 1 || contents.imageMetadata === images) return undefined
  const none = contents.imageMetadata === 0
  return {
    message: none
      ? 'The file has no metadata resource: nothing says which files its image has.'
      : 'The blob table and the header disagree about the images.',
    expected: counted(images, 'metadata resource'),
    found: none ? 'none' : counted(contents.imageMetadata, 'metadata resource'),
  }
}

function findNearlyEmpty(
  first: WimImage | undefined,
  { usedMiB, emptyShare }: CapturedSource,
  examination: WimExamination,
): ImageRemark | undefined {
  const bytes = contentBytes(first, examination)
  if (usedMiB === undefined || bytes === undefined || !isNearlyEmpty(bytes, usedMiB, emptyShare))
    return undefined
  const least = bytesText(leastBytes(usedMiB, emptyShare))
  return {
    message:
      bytes === 0
        ? 'The image is empty, as when an empty directory was captured.'
        : 'The image is nearly empty, as when another directory was captured.',
    expected: `at least ${least}, ${percentText(emptyShare)} of the ${mebibytesText(usedMiB)} in use`,
    found: bytes === 0 ? 'no content of any file' : `${bytesText(bytes)} of content`,
  }
}

/** FAT has neither compressed nor sparse files, so that its files are never larger than it is. */
export const neverHoldsMore = ({ fsType = '' }: CapturedSource): boolean => /^(v?fat|exfat)/i.test(fsType)

/** An image with more content than its partition has room for, as when two files were exchanged. */
export function findLargerThanPartition(
  images: readonly WimImage[],
  { sizeBytes }: CapturedSource,
  { header, contents }: WimExamination,
): ImageRemark | undefined {
  // With several images nobody knows how much is of the first.
  if (sizeBytes === undefined || images.length !== 1 || header.totalParts > 1 || !contents) return undefined
  if (contents.distinctBytes <= sizeBytes + toleratedBytes) return undefined
  return {
    message:
      'The image holds more than its partition has room for, as when the files of two partitions were exchanged.',
    expected: `at most ${bytesText(sizeBytes)}`,
    found: `${bytesText(contents.distinctBytes)} of content`,
  }
}

/** The least that description and table allow; undefined where neither says anything. */
export function contentBytes(
  first: WimImage | undefined,
  { header, contents }: WimExamination,
): number | undefined {
  if (first?.fileCount === 0n) return 0
  const described = first?.totalBytes === undefined ? undefined : Number(first.totalBytes)
  // The table of one part, or of a part of the table, does not tell of all.
  if (!contents?.complete || header.totalParts > 1) return described
  return Math.min(described ?? contents.fileBytes, contents.fileBytes)
}

/** Only a file that wimlib wrote: it counts the description and the references of the table alike. */
function findAbsentContent(
  images: readonly WimImage[],
  { header, contents }: WimExamination,
): ImageRemark | undefined {
  if (!header.pipable || !contents?.complete || header.totalParts > 1) return undefined
  const described = describedBytes(images)
  if (described === undefined || described <= 2 * contents.fileBytes + toleratedBytes) return undefined
  return {
    message:
      'The image describes more than the file holds: either it needs another WIM, of which it is a delta, or its XML or table is damaged.',
    expected: bytesText(described),
    found: bytesText(contents.fileBytes),
  }
}

/** The sum of what the images say of themselves; undefined where one says nothing. */
export function describedBytes(images: readonly WimImage[]): number | undefined {
  let sum = 0
  for (const { totalBytes } of images) {
    if (totalBytes === undefined) return undefined
    sum += Number(totalBytes)
  }
  return sum
}
