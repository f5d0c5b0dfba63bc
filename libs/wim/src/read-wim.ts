import { parseMetadata, maxMetadataBytes, type WimMetadata } from './parse-metadata.js'
import { headerBytes, parseWimHeader, type WimHeader } from './parse-header.js'
import type { RandomAccess } from './random-access.js'
import { WimFault } from './wim-fault.js'

/** The headers of a WIM. A pipable file has two, of which a pipe reads the first and others the last. */
export interface WimHeaders {
  readonly first: WimHeader
  /** The only one of an ordinary file. */
  readonly last: WimHeader
}

/** @throws WimFault when a header is absent or broken, as in a file that was cut */
export async function readWimHeaders(file: RandomAccess): Promise<WimHeaders> {
  const first = parseWimHeader(await file.read(0, Math.min(headerBytes, file.size)))
  if (!first.pipable) return { first, last: first }
  const last = await readTrailingHeader(file)
  if (!last?.pipable)
    throw new WimFault(
      'The file is cut or damaged: a pipable WIM ends with a second header.',
      `a header in the last ${headerBytes} bytes`,
      'other bytes',
    )
  return { first, last }
}

/**
 * The header that counts: the only one, or, in a pipable file, the one at the end, since the first was
 * written before its writer knew where the parts would be.
 * @throws WimFault when a header is absent or broken, as in a file that was cut
 */
export async function readWimHeader(file: RandomAccess): Promise<WimHeader> {
  return (await readWimHeaders(file)).last
}

async function readTrailingHeader(file: RandomAccess): Promise<WimHeader | undefined> {
  if (file.size < 2 * headerBytes) return undefined
  const bytes = await file.read(file.size - headerBytes, headerBytes)
  try {
    return parseWimHeader(bytes)
  } catch (error) {
    if (error instanceof WimFault) return undefined
    throw error
  }
}

/**
 * Reads and parses the XML that describes a WIM's images.
 * @throws WimFault when it lies outside the file, is too large, or cannot be read
 */
export async function readWimMetadata(file: RandomAccess, header: WimHeader): Promise<WimMetadata> {
  const { size, offset } = header.xml
  if (size > maxMetadataBytes)
    throw new WimFault('The XML data is too large.', `at most ${maxMetadataBytes} bytes`, `${size} bytes`)
  if (offset + size > file.size)
    throw new WimFault(
      'The XML data lies outside the file.',
      `an end within ${file.size} bytes`,
      `${offset + size}`,
    )
  return parseMetadata(await file.read(offset, size))
}
