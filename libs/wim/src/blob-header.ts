import type { BlobEntry } from './blob-table.js'
import { resourceFlags } from './parse-header.js'
import { readNumber64 } from './read-number.js'
import type { StructureFault } from './structure-fault.js'

/** In a pipable WIM a header of this many bytes stands before each blob. */
export const blobHeaderBytes = 40

/** Readers go by no other flags. */
const meantFlags = resourceFlags.metadata | resourceFlags.compressed | resourceFlags.solid

const magic = 'd8b93d44a29b9b2b'

/** Says which blob follows; a piped deployment knows it only from here. wimlib's `pwm_blob_hdr`. */
export interface BlobHeader {
  readonly isOne: boolean
  readonly originalSize: number
  /** Hex. */
  readonly sha1: string
  readonly flags: number
}

export function parseBlobHeader(data: Buffer, at = 0): BlobHeader {
  return {
    isOne: data.toString('hex', at, at + 8) === magic,
    originalSize: readNumber64(data, at + 8),
    sha1: data.toString('hex', at + 16, at + 36),
    flags: data.readUInt32LE(at + 36),
  }
}

/** Compares the header before a blob with the blob's entry in the table, which other readers go by. */
export function findBlobHeaderFault(header: BlobHeader, entry: BlobEntry): StructureFault | undefined {
  const where = entry.offset - blobHeaderBytes
  if (!header.isOne) return fault(where, 'is no header', magic, 'other bytes')
  if (header.originalSize !== entry.originalSize)
    return fault(where, 'names another size', `${entry.originalSize} bytes`, `${header.originalSize} bytes`)
  if (header.sha1 !== entry.sha1) return fault(where, 'names another SHA-1', entry.sha1, header.sha1)
  if ((header.flags ^ entry.flags) & meantFlags)
    return fault(where, 'has other flags', `${entry.flags}`, `${header.flags}`)
  return undefined
}

const fault = (where: number, what: string, expected: string, found: string): StructureFault => ({
  message: `The stream is damaged: the header before the file content at byte ${where} ${what}.`,
  expected,
  found,
})
