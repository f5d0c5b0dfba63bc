import type { WimExamination, WimImage } from '@goldkeep/wim'
import { bytesText, counted, mebibytesText } from './finding.js'

/** What is wrong, or odd, with the images of a WIM, in the words of a finding. */
export interface ImageRemark {
  readonly message: string
  readonly expected: string
  readonly found: string
}

/** A partition with more than this in use has files. */
const surelyNotEmptyMiB = 1024
/** Descriptions may count some kinds of content otherwise than the table does, but never twice as much. */
const toleratedBytes = 1024 * 1024

/** Why a deployment could not apply the image that it is to apply: the first one of the file. */
export function findImageFault(
  images: readonly WimImage[],
  usedMiB: number | undefined,
  examination: WimExamination,
): ImageRemark | undefined {
  return (
    findImageListFault(images, examination) ??
    findMetadataFault(images.length, examination) ??
    findAbsentFiles(images[0], usedMiB, examination) ??
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

function findAbsentFiles(
  first: WimImage | undefined,
  usedMiB: number | undefined,
  { header, contents }: WimExamination,
): ImageRemark | undefined {
  if (usedMiB === undefined || usedMiB < surelyNotEmptyMiB) return undefined
  const noFile = first?.fileCount === 0n || first?.totalBytes === 0n
  const noContent = contents?.complete === true && contents.distinctBytes === 0 && header.totalParts === 1
  if (!noFile && !noContent) return undefined
  return {
    message: 'The image is empty, as when an empty directory was captured.',
    expected: `the files that were in use, ${mebibytesText(usedMiB)}`,
    found: noContent ? 'no content of any file' : 'no file',
  }
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
