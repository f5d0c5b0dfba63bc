import { resourceFlags, type ResourceEntry, type WimHeader } from './parse-header.js'
import { readNumber56, readNumber64 } from './read-number.js'
import type { StructureFault } from './structure-fault.js'

/** Bytes of one entry of the blob table. */
export const blobEntryBytes = 50

/** What the blob table says of one blob: the content of files, or the metadata of an image. */
export interface BlobEntry extends ResourceEntry {
  readonly partNumber: number
  /** How many files have this content. */
  readonly references: number
  /** SHA-1 of the original bytes, hex. */
  readonly sha1: string
  /** False where the SHA-1 is all zeros, as in an entry that stands for no blob. */
  readonly hasSha1: boolean
}

/** An entry with this original size describes a solid resource, the others with its flag what is in it. */
const solidResourceSize = 0x1_0000_0000
const noSha1 = Buffer.alloc(20)

/** The SHA-1 is made a text when it is asked for: a table can have millions of entries, and few are compared. */
class TableEntry implements BlobEntry {
  readonly size: number
  readonly flags: number
  readonly offset: number
  readonly originalSize: number
  readonly partNumber: number
  readonly references: number

  constructor(
    private readonly data: Buffer,
    private readonly at: number,
  ) {
    this.size = readNumber56(data, at)
    this.flags = data.readUInt8(at + 7)
    this.offset = readNumber64(data, at + 8)
    this.originalSize = readNumber64(data, at + 16)
    this.partNumber = data.readUInt16LE(at + 24)
    this.references = data.readUInt32LE(at + 26)
  }

  get sha1(): string {
    return this.data.toString('hex', this.at + 30, this.at + 50)
  }

  get hasSha1(): boolean {
    return this.data.compare(noSha1, 0, noSha1.length, this.at + 30, this.at + 50) !== 0
  }
}

/** The entry is valid as long as the bytes are. */
export const parseBlobEntry = (data: Buffer, at: number): BlobEntry => new TableEntry(data, at)

/** Readers ignore the solid flag in files of the ordinary version. */
export const isSolid = (entry: BlobEntry, header: WimHeader): boolean =>
  header.allowsSolid && (entry.flags & resourceFlags.solid) !== 0

/** Whether readers take the entry for a blob that is there; they skip the others without a word. */
export const isUsed = (entry: BlobEntry): boolean => entry.originalSize !== 0 && entry.hasSha1

/** Whether this describes an image's files; one without a reference is left over, and skipped. */
export const isImageMetadata = (entry: BlobEntry): boolean =>
  (entry.flags & resourceFlags.metadata) !== 0 && entry.references > 0

/** Whether the entry is about bytes of the file; those of a solid resource's members are about its content. */
const liesInFile = (entry: BlobEntry, header: WimHeader): boolean =>
  !isSolid(entry, header) || entry.originalSize === solidResourceSize

/** Bytes of original content that the entry stands for. */
export function contentBytes(entry: BlobEntry, header: WimHeader): number {
  if (!isSolid(entry, header)) return isUsed(entry) ? entry.originalSize : 0
  return entry.originalSize === solidResourceSize ? 0 : entry.size
}

/**
 * What cannot be true of an entry. Readers reserve memory by these numbers, so that a lie is found here first.
 * @param end where the last resource can end, in bytes from the start of the file
 */
export function findEntryFault(
  entry: BlobEntry,
  header: WimHeader,
  start: number,
  end: number,
): StructureFault | undefined {
  if (!liesInFile(entry, header)) return undefined
  const { offset, size, originalSize } = entry
  if (offset < start || offset + size > end)
    return fault('lies outside the file', `within ${start} to ${end}`, `${offset} to ${offset + size}`)
  if (isSolid(entry, header)) return undefined
  if ((entry.flags & resourceFlags.compressed) === 0)
    return size === originalSize
      ? undefined
      : fault('is not compressed and has two sizes', `${size} bytes`, `${originalSize} bytes`)
  const least = leastCompressedBytes(originalSize, header)
  return size >= least ? undefined : fault('has an impossible size', `at least ${least} bytes`, `${size}`)
}

const fault = (what: string, expected: string, found: string): StructureFault => ({
  message: `The blob table is damaged: a part of the image ${what}.`,
  expected,
  found,
})

/** How many chunks a compressed resource has. */
export const countChunks = (originalSize: number, { chunkSize }: WimHeader): number =>
  Math.ceil(originalSize / chunkSize)

/** Bytes of one entry of a chunk table: by the format's rule 8 only where 4 do not suffice. */
export const chunkEntryBytes = (originalSize: number): 4 | 8 => (originalSize > 0xffff_ffff ? 8 : 4)

/** A chunk has a byte at least, and its entry, and in a pipable file its header. */
function leastCompressedBytes(originalSize: number, header: WimHeader): number {
  if (originalSize === 0) return 0
  const chunks = countChunks(originalSize, header)
  return chunks * (header.pipable ? 5 : 1) + (chunks - 1) * chunkEntryBytes(originalSize)
}
