import { blobHeaderBytes, parseBlobHeader } from './blob-header.js'
import type { Differences } from './find-header-faults.js'
import { headerBytes, resourceFlags, type WimHeader } from './parse-header.js'
import { maxMetadataBytes, parseMetadata } from './parse-metadata.js'
import type { RandomAccess } from './random-access.js'
import { readFully } from './read-blob-table.js'
import type { StructureFault } from './structure-fault.js'
import { WimFault } from './wim-fault.js'

/**
 * Compares the XML that follows the first header of a pipable file, which a pipe reads, with the XML at its
 * end, which other readers read. Only the sum of all bytes is unknown to the first. Where they differ, a pipe finds
 * the image all the same if both name the same images.
 * @param parsedBytes larger XML is not parsed; whether a difference is harmless is then not known, and it counts as such
 * @throws WimFault when the file is cut
 */
export async function compareLeadingXml(
  file: RandomAccess,
  { xml }: WimHeader,
  parsedBytes: number,
): Promise<Differences> {
  const header = parseBlobHeader(await readFully(file, headerBytes, blobHeaderBytes))
  const flags = resourceFlags.metadata
  if (!header.isOne || header.flags !== flags || header.originalSize > Math.min(xml.size, maxMetadataBytes)) {
    const what = 'The header before the XML at the start of the file is damaged'
    return { faults: [damaged(what, 'the size of the XML at its end')], harmless: [] }
  }
  const leading = await readFully(file, headerBytes + blobHeaderBytes, header.originalSize)
  const trailing = await readFully(file, xml.offset, Math.min(xml.size, maxMetadataBytes))
  if (withoutSum(leading) === withoutSum(trailing)) return { faults: [], harmless: [] }
  const difference = damaged('The XML at the start of the file is not the one at its end', 'the same XML')
  const isHarmless = trailing.length > parsedBytes || haveSameImages(leading, trailing)
  return isHarmless ? { faults: [], harmless: [difference] } : { faults: [difference], harmless: [] }
}

const damaged = (what: string, expected: string): StructureFault => ({
  message: `${what}; a piped deployment reads the first.`,
  expected,
  found: 'other bytes',
})

function haveSameImages(leading: Buffer, trailing: Buffer): boolean {
  const images = imagesIn(leading)
  return images !== undefined && images === imagesIn(trailing)
}

/** The numbers of the images, by which they are applied; `undefined` for XML that cannot be read. */
function imagesIn(xml: Buffer): string | undefined {
  try {
    return parseMetadata(xml)
      .images.map(({ index }) => index)
      .join()
  } catch (error) {
    if (error instanceof WimFault) return undefined
    throw error
  }
}

/** The sum is a child of the root, so it comes first or last in it; images have sums of their own. */
const sum =
  /(?<=^\ufeff?<WIM>)\s*<TOTALBYTES>\d+<\/TOTALBYTES>|<TOTALBYTES>\d+<\/TOTALBYTES>\s*(?=<\/WIM>\s*$)/

const withoutSum = (xml: Buffer): string => xml.toString('utf16le').replace(sum, '').trim()
