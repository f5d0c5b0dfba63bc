import { readNumber64, readNumber56 } from './read-number.js'
import { WimFault } from './wim-fault.js'

/** Every WIM begins with a header of this many bytes, and a pipable one ends with another. */
export const headerBytes = 208

/** Where a part of the file lies. The values are the file's own claims. */
export interface ResourceEntry {
  /** Bytes in the file. */
  readonly size: number
  readonly offset: number
  /** Bytes when decompressed. */
  readonly originalSize: number
  /** Bits of `resourceFlags`. */
  readonly flags: number
}

/** The bits of a resource's flags that decide how it is read. */
export const resourceFlags = { metadata: 0x02, compressed: 0x04, solid: 0x10 } as const

export type Compression = 'none' | 'xpress' | 'lzx' | 'lzms' | 'unknown'

/** The header of a WIM file, as Microsoft's format describes it and wimlib extends it. */
export interface WimHeader {
  /** Can be applied while it is being received; wimlib's extension, which DISM cannot read. */
  readonly pipable: boolean
  readonly version: number
  /** Bits of `headerFlags`, and of the compression. */
  readonly flags: number
  readonly compression: Compression
  /** Bytes of original data in each compressed chunk. */
  readonly chunkSize: number
  /** Hex; the same in both headers of a pipable file and in all parts of a split one. */
  readonly guid: string
  readonly partNumber: number
  readonly totalParts: number
  readonly imageCount: number
  /** Number of the image that boots; 0 for none. */
  readonly bootIndex: number
  /** Of the version in which many files may be compressed together; LZMS has it without any such, too. */
  readonly allowsSolid: boolean
  readonly blobTable: ResourceEntry
  readonly xml: ResourceEntry
  readonly integrityTable: ResourceEntry
}

const ordinaryMagic = 'MSWIM\0\0\0'
const pipableMagic = 'WLPWM\0\0\0'
export const headerVersions = { ordinary: 0x10d00, solid: 0xe00 } as const
export const headerFlags = { compressed: 0x02, writeInProgress: 0x40 } as const

/**
 * Reads a header from its 208 bytes.
 * @throws WimFault when they are fewer, or no WIM header
 */
export function parseWimHeader(bytes: Uint8Array): WimHeader {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (data.length < headerBytes)
    throw new WimFault(
      'The file is too short to be a WIM file.',
      `a header of ${headerBytes} bytes`,
      `${data.length} bytes`,
    )
  const magic = data.toString('latin1', 0, 8)
  if (magic !== ordinaryMagic && magic !== pipableMagic)
    throw new WimFault('The file is not a WIM file.', 'MSWIM or WLPWM', describeMagic(data))
  const headerSize = data.readUInt32LE(8)
  if (headerSize !== headerBytes)
    throw new WimFault('The header has a wrong length.', `${headerBytes}`, `${headerSize}`)
  const flags = data.readUInt32LE(0x10)
  return {
    pipable: magic === pipableMagic,
    version: data.readUInt32LE(0x0c),
    allowsSolid: data.readUInt32LE(0x0c) === headerVersions.solid,
    flags,
    compression: compressionOf(flags),
    chunkSize: data.readUInt32LE(0x14),
    guid: data.toString('hex', 0x18, 0x28),
    partNumber: data.readUInt16LE(0x28),
    totalParts: data.readUInt16LE(0x2a),
    imageCount: data.readUInt32LE(0x2c),
    blobTable: parseResourceEntry(data, 0x30),
    xml: parseResourceEntry(data, 0x48),
    bootIndex: data.readUInt32LE(0x78),
    integrityTable: parseResourceEntry(data, 0x7c),
  }
}

/** The bits in the order in which wimlib asks for them; the second of XPRESS is an older one. */
const compressionBits: readonly (readonly [number, Compression])[] = [
  [0x4_0000, 'lzx'],
  [0x2_0000, 'xpress'],
  [0x20_0000, 'xpress'],
  [0x8_0000, 'lzms'],
]

function compressionOf(flags: number): Compression {
  if ((flags & headerFlags.compressed) === 0) return 'none'
  return compressionBits.find(([bit]) => (flags & bit) !== 0)?.[1] ?? 'unknown'
}

/** The low 56 bits of the first word are the size, the high 8 the flags. */
export function parseResourceEntry(data: Buffer, at: number): ResourceEntry {
  return {
    size: readNumber56(data, at),
    flags: data.readUInt8(at + 7),
    offset: readNumber64(data, at + 8),
    originalSize: readNumber64(data, at + 16),
  }
}

function describeMagic(data: Buffer): string {
  const start = data.subarray(0, 8)
  const text = start.toString('latin1')
  if (/^[\x20-\x7e]+$/.test(text)) return JSON.stringify(text)
  return start.every((byte) => byte === 0) ? 'zeros' : `bytes ${start.toString('hex')}`
}
