import { createHash } from 'node:crypto'
import {
  blobEntryBytes,
  headerBytes,
  parseBlobEntry,
  parseWimHeader,
  type BlobEntry,
  type WimHeader,
} from '@goldkeep/wim'
import { flipped } from '../make-images.js'

/** Changes the bytes of a sound WIM. */
export type Damage = (wim: Buffer) => Buffer

/** A place in a WIM, in bytes from its start. */
export type Place = (wim: Buffer) => number

/** Fields of a header, in bytes from its start. */
export const field = {
  magic: 0x00,
  headerSize: 0x08,
  version: 0x0c,
  flags: 0x10,
  chunkSize: 0x14,
  guid: 0x18,
  partNumber: 0x28,
  totalParts: 0x2a,
  imageCount: 0x2c,
  blobTable: 0x30,
  xml: 0x48,
  bootIndex: 0x78,
  integrityTable: 0x7c,
} as const

const isPipable = (wim: Buffer): boolean => wim.toString('latin1', 0, 5) === 'WLPWM'

export const inFirstHeader =
  (at: number): Place =>
  () =>
    at

/** In the header at the end of a pipable WIM, which counts for all readers but a pipe. */
export const inLastHeader =
  (at: number): Place =>
  (wim) =>
    wim.length - headerBytes + at

/** In the header that says where the tables are. */
const inCountingHeader =
  (at: number): Place =>
  (wim) =>
    isPipable(wim) ? inLastHeader(at)(wim) : at

const headerOf = (wim: Buffer): WimHeader => parseWimHeader(wim.subarray(inCountingHeader(0)(wim)))

interface TableEntry extends BlobEntry {
  readonly place: number
}

function entriesOf(wim: Buffer): TableEntry[] {
  const { offset, size } = headerOf(wim).blobTable
  return Array.from({ length: size / blobEntryBytes }, (_, index) => {
    const place = offset + index * blobEntryBytes
    return Object.assign(parseBlobEntry(wim, place), { place })
  })
}

const metadataFlag = 2
const solidFlag = 16
const isMetadata = ({ flags }: TableEntry): boolean => (flags & metadataFlag) !== 0

function entryOf(wim: Buffer, wanted: (entry: TableEntry) => boolean): TableEntry {
  const found = entriesOf(wim).find(wanted)
  if (!found) throw new Error('the table has no such entry')
  return found
}

/** The longest text of the captured tree, in several chunks where it is compressed. */
const longText = 180_000
const metadataEntry = (wim: Buffer): TableEntry => entryOf(wim, isMetadata)
/** Of a file's content, or of the solid resource that has all of it. */
export const textEntry = (wim: Buffer): TableEntry =>
  entryOf(wim, ({ originalSize, flags }) => originalSize === longText || (flags & solidFlag) !== 0)

/** In the table's entry of a file's content. */
export const inTextEntry =
  (at: number): Place =>
  (wim) =>
    textEntry(wim).place + at
export const inMetadataEntry =
  (at: number): Place =>
  (wim) =>
    metadataEntry(wim).place + at
/** Fields of an entry of the blob table. */
export const entryField = { size: 0, flags: 7, offset: 8, part: 24, references: 26, sha1: 30 } as const

export const inMetadata: Place = (wim) => metadataEntry(wim).offset + (metadataEntry(wim).size >> 1)
export const inText: Place = (wim) => textEntry(wim).offset + (textEntry(wim).size >> 1)
export const atText: Place = (wim) => textEntry(wim).offset
export const inXml =
  (text: string): Place =>
  (wim) => {
    const { offset } = headerOf(wim).xml
    return wim.indexOf(Buffer.from(text, 'utf16le'), offset)
  }
export const inLeadingXml =
  (text: string): Place =>
  (wim) =>
    wim.indexOf(Buffer.from(text, 'utf16le'))
export const inIntegrityTable: Place = (wim) => headerOf(wim).integrityTable.offset + 20
export const share =
  (part: number): Place =>
  (wim) =>
    Math.floor(wim.length * part)

export const flip =
  (place: Place): Damage =>
  (wim) =>
    flipped(wim, place(wim))

/** Overwrites the bytes at a place; numbers are bytes, a text is Latin-1. */
export const put =
  (place: Place, value: readonly number[] | string): Damage =>
  (wim) => {
    const copy = Buffer.from(wim)
    Buffer.from(typeof value === 'string' ? Buffer.from(value, 'latin1') : value).copy(copy, place(wim))
    return copy
  }

/** Overwrites letters of the XML, which is UTF-16. */
export const putText =
  (place: Place, text: string): Damage =>
  (wim) =>
    put(place, [...Buffer.from(text, 'utf16le')])(wim)

export const cutTo =
  (place: Place): Damage =>
  (wim) =>
    wim.subarray(0, place(wim))
export const cutBy =
  (bytes: number): Damage =>
  (wim) =>
    wim.subarray(0, wim.length - bytes)
export const without =
  (place: Place, bytes: number): Damage =>
  (wim) =>
    Buffer.concat([wim.subarray(0, place(wim)), wim.subarray(place(wim) + bytes)])
export const withMore =
  (place: Place, bytes: number): Damage =>
  (wim) =>
    Buffer.concat([wim.subarray(0, place(wim)), Buffer.alloc(bytes), wim.subarray(place(wim))])
export const zeros =
  (place: Place, bytes: number): Damage =>
  (wim) => {
    const at = place(wim)
    return Buffer.from(wim).fill(0, at, Math.min(wim.length, at + bytes))
  }
export const allOf =
  (...damages: readonly Damage[]): Damage =>
  (wim) =>
    damages.reduce((made, damage) => damage(made), wim)

/** A file gets another name in the metadata, whose hash is made right again. For an image that is not compressed. */
export function renamed(wim: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(wim)
  const { place, offset, size } = metadataEntry(copy)
  const metadata = copy.subarray(offset, offset + size)
  const at = metadata.indexOf(Buffer.from(from, 'utf16le'))
  if (at < 0 || from.length !== to.length) throw new Error('cannot be renamed so')
  Buffer.from(to, 'utf16le').copy(metadata, at)
  createHash('sha1')
    .update(metadata)
    .digest()
    .copy(copy, place + entryField.sha1)
  return copy
}
