import { blobHeaderBytes, findBlobHeaderFault, parseBlobHeader } from './blob-header.js'
import {
  contentBytes,
  findEntryFault,
  isImageMetadata,
  isSolid,
  isUsed,
  type BlobEntry,
} from './blob-table.js'
import { headerBytes, type WimHeader } from './parse-header.js'
import type { RandomAccess } from './random-access.js'
import { countEntries, readBlobTable, readFully } from './read-blob-table.js'
import type { StructureFault } from './structure-fault.js'

/** How much a quick look may read. */
export interface ExamineLimits {
  /** Entries of the blob table, 50 bytes each. */
  readonly entries: number
  /** Headers in the stream of a pipable file, each a read of its own. */
  readonly blobHeaders: number
  /** Bytes of XML that are parsed; 100,000 take a second where they were made for it. */
  readonly xmlBytes: number
}

export const quickLimits: ExamineLimits = { entries: 330_000, blobHeaders: 64, xmlBytes: 64 * 1024 }

/** What a blob table says that a WIM contains, as far as it was read. */
export interface WimContents {
  /** Entries of the table. */
  readonly entries: number
  /** Whether all entries were looked at. */
  readonly complete: boolean
  /** Whether any files are compressed together, as in an ESD. */
  readonly solid: boolean
  /** Images whose files are described. */
  readonly imageMetadata: number
  /** Bytes of files, each content once. */
  readonly distinctBytes: number
  /** Bytes of files, each content as often as files have it. */
  readonly fileBytes: number
  /** Headers in the stream that were compared with their entries. */
  readonly comparedHeaders: number
  readonly fault?: StructureFault
}

/**
 * Reads the blob table and, in a pipable file, a sample of the headers in the stream.
 * @throws WimFault when the table is none
 */
export async function examineContents(
  file: RandomAccess,
  header: WimHeader,
  limits: ExamineLimits,
): Promise<WimContents> {
  const entries = countEntries(header)
  const sums = { solid: false, imageMetadata: 0, distinctBytes: 0, fileBytes: 0 }
  const sample = new Sample(header.pipable ? limits.blobHeaders : 0, entries)
  let read = 0
  let fault: StructureFault | undefined
  for await (const piece of readBlobTable(file, header)) {
    for (const entry of piece) {
      fault ??= findFault(entry, header, file.size)
      addTo(sums, entry, header)
      sample.offer(entry, read)
      read += 1
    }
    if (fault || read >= limits.entries) break
  }
  fault ??= await findHeaderFault(file, sample.entries)
  return {
    ...sums,
    entries,
    complete: read === entries,
    comparedHeaders: sample.entries.length,
    ...(fault && { fault }),
  }
}

function findFault(entry: BlobEntry, header: WimHeader, fileSize: number): StructureFault | undefined {
  const { partNumber } = entry
  if (partNumber !== header.partNumber) {
    // A split set names the contents of its other parts too.
    if (header.totalParts > 1) return undefined
    return {
      message: 'The blob table is damaged: a part of the image is said to be in another file.',
      expected: `part ${header.partNumber}`,
      found: `part ${partNumber}`,
    }
  }
  const before = header.pipable ? headerBytes + blobHeaderBytes : headerBytes
  return findEntryFault(entry, header, before, header.pipable ? header.blobTable.offset : fileSize)
}

function addTo(
  sums: { solid: boolean; imageMetadata: number; distinctBytes: number; fileBytes: number },
  entry: BlobEntry,
  header: WimHeader,
): void {
  if (entry.partNumber !== header.partNumber) return
  sums.solid ||= isSolid(entry, header)
  if (isImageMetadata(entry)) {
    if (isUsed(entry)) sums.imageMetadata += 1
    return
  }
  const bytes = contentBytes(entry, header)
  sums.distinctBytes += bytes
  sums.fileBytes += bytes * entry.references
}

/** Entries from all over the table, the images' metadata and the first ones among them. */
class Sample {
  readonly entries: BlobEntry[] = []
  private readonly step: number

  constructor(
    private readonly most: number,
    count: number,
  ) {
    this.step = Math.max(1, Math.ceil(count / Math.max(1, most)))
  }

  offer(entry: BlobEntry, index: number): void {
    if (this.entries.length >= this.most) return
    if (index % this.step === 0 || isImageMetadata(entry)) this.entries.push(entry)
  }
}

async function findHeaderFault(
  file: RandomAccess,
  entries: readonly BlobEntry[],
): Promise<StructureFault | undefined> {
  for (const entry of entries) {
    const header = await readFully(file, entry.offset - blobHeaderBytes, blobHeaderBytes)
    const fault = findBlobHeaderFault(parseBlobHeader(header), entry)
    if (fault) return fault
  }
  return undefined
}
