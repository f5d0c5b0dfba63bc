import { createHash } from 'node:crypto'
import { blobEntryBytes, parseWimHeader } from '@goldkeep/wim'
import { field } from './matrix/damage.js'

const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest()

/** A part of a WIM that its blob table names. */
interface Part {
  readonly bytes: Uint8Array
  readonly isMetadata?: boolean
}

const flagsWord = (flags: number, size: number): bigint => (BigInt(flags) << 56n) | BigInt(size)
const metadataFlag = 2

function writeResource(target: Buffer, at: number, flags: number, offset: number, size: number): void {
  target.writeBigUInt64LE(flagsWord(flags, size), at)
  target.writeBigUInt64LE(BigInt(offset), at + 8)
  target.writeBigUInt64LE(BigInt(size), at + 16)
}

/** A WIM without compression of exactly these parts. The header and the XML are those of `like`. */
function wimOf(like: Buffer, parts: readonly Part[]): Buffer {
  const { xml } = parseWimHeader(like)
  const header = Buffer.from(like.subarray(0, 208))
  const table = Buffer.alloc(parts.length * blobEntryBytes)
  let offset = header.length
  for (const [index, { bytes, isMetadata }] of parts.entries()) {
    const at = index * blobEntryBytes
    writeResource(table, at, isMetadata ? metadataFlag : 0, offset, bytes.length)
    table.writeUInt16LE(1, at + 24)
    table.writeUInt32LE(1, at + 26)
    sha1(bytes).copy(table, at + 30)
    offset += bytes.length
  }
  writeResource(header, field.blobTable, metadataFlag, offset, table.length)
  writeResource(header, field.xml, metadataFlag, offset + table.length, xml.size)
  const text = like.subarray(xml.offset, xml.offset + xml.size)
  return Buffer.concat([header, ...parts.map(({ bytes }) => bytes), table, text])
}

function partsOf(wim: Buffer): Part[] {
  const { offset, size } = parseWimHeader(wim).blobTable
  return Array.from({ length: size / blobEntryBytes }, (_, index) => {
    const at = offset + index * blobEntryBytes
    const start = Number(wim.readBigUInt64LE(at + 8))
    const bytes = wim.subarray(start, start + Number(wim.readBigUInt64LE(at + 16)))
    return { bytes, isMetadata: (wim.readUInt8(at + 7) & metadataFlag) !== 0 }
  })
}

/** The WIM with so many parts more that no file refers to. @param plain a WIM without compression */
export function withManyBlobs(plain: Buffer, count: number): Buffer {
  const more = Array.from({ length: count }, (_, index) => ({ bytes: Buffer.from(`blob ${index}`) }))
  return wimOf(plain, [...partsOf(plain), ...more])
}

/** The WIM with other metadata: so many directories, each in the one before. @param plain without compression */
export function withDeepTree(plain: Buffer, depth: number): Buffer {
  return wimOf(plain, [{ bytes: deepMetadata(depth), isMetadata: true }])
}

const dentryBytes = 112
const endBytes = 8

/** Security data without an entry, the root, and directories of one letter, each followed by the end of its list. */
function deepMetadata(depth: number): Buffer {
  const securityBytes = 8
  const entryBytes = dentryBytes + endBytes
  const bytes = Buffer.alloc(securityBytes + (depth + 1) * entryBytes + endBytes)
  bytes.writeUInt32LE(securityBytes, 0)
  for (let level = 0; level <= depth; level += 1) {
    const at = securityBytes + level * entryBytes
    const isLast = level === depth
    writeDirectory(bytes, at, level === 0 ? '' : 'd', isLast ? 0 : at + entryBytes)
  }
  return bytes
}

function writeDirectory(bytes: Buffer, at: number, name: string, children: number): void {
  const directory = 0x10
  bytes.writeBigUInt64LE(BigInt(dentryBytes), at)
  bytes.writeUInt32LE(directory, at + 8)
  bytes.writeInt32LE(-1, at + 12)
  bytes.writeBigUInt64LE(BigInt(children), at + 16)
  bytes.writeUInt16LE(name.length * 2, at + 100)
  bytes.write(name, at + 102, 'utf16le')
}

/** The WIM with XML that takes long to read: as many elements as its largest size allows. */
export function withLongXml(plain: Buffer, bytes: number): Buffer {
  const elements = '<a>b</a>'.repeat(Math.floor(bytes / 16) - 20)
  const xml = Buffer.from(`\ufeff<WIM>${elements}<IMAGE INDEX="1"></IMAGE></WIM>`, 'utf16le')
  const made = Buffer.concat([plain, xml])
  writeResource(made, field.xml, metadataFlag, plain.length, xml.length)
  return made
}

/** The WIM with chunks of 1 GiB, for each of which a reader reserves memory. */
export function withHugeChunks(wim: Buffer): Buffer {
  const made = Buffer.from(wim)
  made.writeUInt32LE(2 ** 30, field.chunkSize)
  return made
}

/** The solid WIM with a chunk of 1 GiB in its own table, which the header does not tell. */
export function withHugeSolidChunk(solid: Buffer): Buffer {
  const made = Buffer.from(solid)
  const { offset, size } = parseWimHeader(made).blobTable
  for (let at = offset; at < offset + size; at += blobEntryBytes)
    // The entry of a solid resource has this size in place of that of its content.
    if (made.readBigUInt64LE(at + 16) === 2n ** 32n)
      made.writeUInt32LE(2 ** 30, Number(made.readBigUInt64LE(at + 8)) + 8)
  return made
}
