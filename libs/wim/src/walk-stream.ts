import { createHash, type Hash } from 'node:crypto'
import { blobHeaderBytes, findBlobHeaderFault, parseBlobHeader } from './blob-header.js'
import { chunkEntryBytes, countChunks, type BlobEntry } from './blob-table.js'
import { headerBytes, resourceFlags, type WimHeader } from './parse-header.js'
import type { StructureFault } from './structure-fault.js'

/** What the walk wants of the stream next: bytes to look at, or bytes to pass over. */
export type WalkStep = { readonly take: number } | { readonly skip: number }
export type Walk = Generator<WalkStep, StructureFault | undefined, Buffer>

const take = (bytes: number): WalkStep => ({ take: bytes })
const skip = (bytes: number): WalkStep => ({ skip: bytes })

/**
 * Goes through a pipable WIM as `wimapply -` does: header, XML, then each blob with its header, each chunk
 * with its size, and each chunk table. All of it must agree with the blob table, by which `wimlib-imagex
 * verify` reads; then both read the same content, and what verify finds holds for the pipe.
 * @param entries of the blob table, in the order of their offsets
 */
export function* walkStream(header: WimHeader, entries: Iterable<BlobEntry>): Walk {
  yield skip(headerBytes)
  const xml = parseBlobHeader(yield take(blobHeaderBytes))
  yield skip(xml.originalSize)
  let position = headerBytes + blobHeaderBytes + xml.originalSize
  for (const entry of entries) {
    if (entry.offset !== position + blobHeaderBytes) return misplaced(position + blobHeaderBytes, entry)
    const fault = findBlobHeaderFault(parseBlobHeader(yield take(blobHeaderBytes)), entry)
    if (fault) return fault
    const compressed = (entry.flags & resourceFlags.compressed) !== 0
    const damage = compressed ? yield* walkChunks(header, entry) : yield* walkPlain(entry)
    if (damage) return damage
    position = entry.offset + entry.size
  }
  // The table has such a header too, which nobody reads.
  const table = position + blobHeaderBytes
  return table === header.blobTable.offset ? undefined : leftOver(table, header.blobTable.offset)
}

function* walkPlain(entry: BlobEntry): Walk {
  yield skip(entry.size)
  return undefined
}

/** The chunks, then the table of where each but the first begins, counted as if they had no headers. */
function* walkChunks(header: WimHeader, entry: BlobEntry): Walk {
  const { originalSize } = entry
  const chunks = countChunks(originalSize, header)
  // Most files are of one chunk, which has no table.
  const table = chunks > 1 ? new ChunkTable(chunkEntryBytes(originalSize)) : undefined
  let end = 0
  for (let index = 0; index < chunks; index += 1) {
    if (index > 0) table?.add(end)
    const original = Math.min(header.chunkSize, originalSize - index * header.chunkSize)
    const size = (yield take(4)).readUInt32LE(0)
    if (size === 0 || size > original) return wrongChunk(entry, index, original, size)
    end += size
    // A size beyond the resource would make the walk wait for bytes of others.
    if (end + 4 * chunks > entry.size) return wrongEnd(entry)
    yield skip(size)
  }
  const tableBytes = (chunks - 1) * chunkEntryBytes(originalSize)
  if (end + 4 * chunks + tableBytes !== entry.size) return wrongEnd(entry)
  if (!table) return undefined
  return (yield* readsAs(table, tableBytes)) ? undefined : wrongTable(entry)
}

const pieceBytes = 64 * 1024

function* readsAs(table: ChunkTable, bytes: number): Generator<WalkStep, boolean, Buffer> {
  const found = createHash('sha256')
  for (let left = bytes; left > 0; left -= pieceBytes) found.update(yield take(Math.min(left, pieceBytes)))
  return found.digest('hex') === table.digest()
}

/** The chunk table as it should be, of which only a digest is kept: a file of 1 TB has 30 million chunks. */
class ChunkTable {
  private readonly hash: Hash = createHash('sha256')
  private readonly piece = Buffer.allocUnsafe(4096)
  private filled = 0

  constructor(private readonly entryBytes: 4 | 8) {}

  add(offset: number): void {
    if (this.filled === this.piece.length) this.flush()
    if (this.entryBytes === 4) this.piece.writeUInt32LE(offset % 2 ** 32, this.filled)
    else this.piece.writeBigUInt64LE(BigInt(offset), this.filled)
    this.filled += this.entryBytes
  }

  digest(): string {
    this.flush()
    return this.hash.digest('hex')
  }

  private flush(): void {
    this.hash.update(this.piece.subarray(0, this.filled))
    this.filled = 0
  }
}

const damaged = (what: string, expected: string, found: string): StructureFault => ({
  message: `The stream is damaged: ${what}.`,
  expected,
  found,
})

const misplaced = (expected: number, { offset }: BlobEntry): StructureFault =>
  damaged('its parts do not follow one another', `a part at byte ${expected}`, `the next one at ${offset}`)

const leftOver = (position: number, table: number): StructureFault =>
  damaged('bytes of no file come before the blob table', `the blob table at byte ${position}`, `${table}`)

const wrongChunk = (entry: BlobEntry, index: number, original: number, size: number): StructureFault =>
  damaged(
    `chunk ${index} of the file content at byte ${entry.offset} has an impossible size`,
    `1 to ${original} bytes`,
    `${size} bytes`,
  )

const wrongEnd = (entry: BlobEntry): StructureFault =>
  damaged(
    `the chunks of the file content at byte ${entry.offset} do not fill it`,
    `${entry.size} bytes`,
    'chunks of another sum',
  )

const wrongTable = (entry: BlobEntry): StructureFault =>
  damaged(
    `the chunk table of the file content at byte ${entry.offset} is not that of its chunks`,
    'the offsets that the chunk headers give',
    'others',
  )
