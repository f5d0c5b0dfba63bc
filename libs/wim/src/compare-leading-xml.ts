import { blobHeaderBytes, parseBlobHeader } from './blob-header.js'
import { headerBytes, resourceFlags, type WimHeader } from './parse-header.js'
import { maxMetadataBytes } from './parse-metadata.js'
import type { RandomAccess } from './random-access.js'
import { readFully } from './read-blob-table.js'
import type { StructureFault } from './structure-fault.js'

/**
 * Compares the XML that follows the first header of a pipable file, which a pipe reads, with the XML at its
 * end, which other readers read. Only the sum of all bytes is unknown to the first.
 * @throws WimFault when the file is cut
 */
export async function compareLeadingXml(
  file: RandomAccess,
  { xml }: WimHeader,
): Promise<StructureFault | undefined> {
  const header = parseBlobHeader(await readFully(file, headerBytes, blobHeaderBytes))
  const flags = resourceFlags.metadata
  if (!header.isOne || header.flags !== flags || header.originalSize > Math.min(xml.size, maxMetadataBytes))
    return damaged(
      'The header before the XML at the start of the file is damaged',
      'the size of the XML at its end',
    )
  const leading = await readFully(file, headerBytes + blobHeaderBytes, header.originalSize)
  const trailing = await readFully(file, xml.offset, Math.min(xml.size, maxMetadataBytes))
  if (withoutSum(leading) === withoutSum(trailing)) return undefined
  return damaged('The XML at the start of the file is not the one at its end', 'the same XML')
}

const damaged = (what: string, expected: string): StructureFault => ({
  message: `${what}; a piped deployment reads the first.`,
  expected,
  found: 'other bytes',
})

/** The sum is a child of the root, so it comes first or last in it; images have sums of their own. */
const sum =
  /(?<=^\ufeff?<WIM>)\s*<TOTALBYTES>\d+<\/TOTALBYTES>|<TOTALBYTES>\d+<\/TOTALBYTES>\s*(?=<\/WIM>\s*$)/

const withoutSum = (xml: Buffer): string => xml.toString('utf16le').replace(sum, '').trim()
