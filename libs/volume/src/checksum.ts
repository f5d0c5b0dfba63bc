import { crc32 } from 'node:zlib'

/** Eight hex digits: the CRC-32 of the JSON of all other fields, in their order and without white space. */
const checksumOf = (fields: object): string => crc32(JSON.stringify(fields)).toString(16).padStart(8, '0')

/** A document with its checksum as the last field, `crc32`. */
export function withChecksum<Document extends object>(document: Document): Document & { crc32: string } {
  const { crc32: _, ...fields } = document as Document & { crc32?: unknown }
  return { ...(fields as Document), crc32: checksumOf(fields) }
}

/**
 * The checksums that a damaged document has and should have; `undefined` when it is not damaged. A document
 * without a checksum, such as one that was written by hand, counts as not damaged.
 * @param document as JSON.parse gave it
 */
export function checksumFault(document: object): { expected: unknown; found: string } | undefined {
  const { crc32: expected, ...fields } = document as { crc32?: unknown }
  if (expected === undefined) return undefined
  const found = checksumOf(fields)
  return found === expected ? undefined : { expected, found }
}
