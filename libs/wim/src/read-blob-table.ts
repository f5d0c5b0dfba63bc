import { blobEntryBytes, parseBlobEntry, type BlobEntry } from './blob-table.js'
import { resourceFlags, type WimHeader } from './parse-header.js'
import type { RandomAccess } from './random-access.js'
import { WimFault } from './wim-fault.js'

/** Entries that are read at once; other work gets its turn after each piece. */
const entriesPerPiece = 4_096

export const countEntries = ({ blobTable }: WimHeader): number =>
  Math.floor(blobTable.originalSize / blobEntryBytes)

/**
 * The entries of a blob table in its order, a piece of it in memory at a time.
 * @throws WimFault when the table is none
 */
export async function* readBlobTable(
  file: RandomAccess,
  header: WimHeader,
): AsyncGenerator<readonly BlobEntry[]> {
  assertTable(header)
  const { offset } = header.blobTable
  const count = countEntries(header)
  for (let first = 0; first < count; first += entriesPerPiece) {
    const entries = Math.min(entriesPerPiece, count - first)
    const bytes = await readFully(file, offset + first * blobEntryBytes, entries * blobEntryBytes)
    yield Array.from({ length: entries }, (_, index) => parseBlobEntry(bytes, index * blobEntryBytes))
  }
}

function assertTable({ blobTable: { size, originalSize, flags } }: WimHeader): void {
  if ((flags & resourceFlags.compressed) !== 0)
    throw damaged('a table that is not compressed', `flags ${flags}`)
  if (size !== originalSize) throw damaged(`${size} bytes in both of its sizes`, `${originalSize} bytes`)
  if (size % blobEntryBytes !== 0) throw damaged(`entries of ${blobEntryBytes} bytes`, `${size} bytes`)
}

const damaged = (expected: string, found: string): WimFault =>
  new WimFault('The blob table is damaged.', expected, found)

/** @throws WimFault when the file ends before */
export async function readFully(file: RandomAccess, offset: number, length: number): Promise<Buffer> {
  const bytes = await file.read(offset, length)
  if (bytes.length < length)
    throw new WimFault('The file is cut.', `${offset + length} bytes`, `${offset + bytes.length} bytes`)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** More entries than this are not sorted in memory (50 bytes each). */
export const maxSortedEntries = 4_000_000

/**
 * The entries of a blob table by their offsets.
 * @throws WimFault when the table is none, or larger than any image's
 */
export async function readEntriesByOffset(
  file: RandomAccess,
  header: WimHeader,
): Promise<Iterable<BlobEntry>> {
  assertTable(header)
  const count = countEntries(header)
  if (count > maxSortedEntries)
    throw new WimFault('The blob table is too large.', `at most ${maxSortedEntries} entries`, `${count}`)
  const table = await readFully(file, header.blobTable.offset, count * blobEntryBytes)
  const offsets = Float64Array.from(
    { length: count },
    (_, index) => parseBlobEntry(table, index * blobEntryBytes).offset,
  )
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  order.sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0))
  return entriesInOrder(table, order)
}

function* entriesInOrder(table: Buffer, order: Uint32Array): Generator<BlobEntry> {
  for (const index of order) yield parseBlobEntry(table, index * blobEntryBytes)
}
