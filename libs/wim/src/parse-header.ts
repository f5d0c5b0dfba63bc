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
  readonly flags: number
}

/** The header of a WIM file, as Microsoft's format describes it and wimlib extends it. */
export interface WimHeader {
  /** Can be applied while it is being received; wimlib's extension, which DISM cannot read. */
  readonly pipable: boolean
  /** Hex; the same in both headers of a pipable file and in all parts of a split one. */
  readonly guid: string
  readonly partNumber: number
  readonly totalParts: number
  readonly imageCount: number
  /** Many files compressed together, as in an ESD. */
  readonly solid: boolean
  readonly blobTable: ResourceEntry
  readonly xml: ResourceEntry
  readonly integrityTable: ResourceEntry
}

const ordinaryMagic = 'MSWIM\0\0\0'
const pipableMagic = 'WLPWM\0\0\0'
const solidVersion = 0xe00

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
  return {
    pipable: magic === pipableMagic,
    solid: data.readUInt32LE(0x0c) === solidVersion,
    guid: data.toString('hex', 0x18, 0x28),
    partNumber: data.readUInt16LE(0x28),
    totalParts: data.readUInt16LE(0x2a),
    imageCount: data.readUInt32LE(0x2c),
    blobTable: readEntry(data, 0x30),
    xml: readEntry(data, 0x48),
    integrityTable: readEntry(data, 0x7c),
  }
}

/** The low 56 bits of the first word are the size, the high 8 the flags. */
function readEntry(data: Buffer, at: number): ResourceEntry {
  const word = data.readBigUInt64LE(at)
  return {
    // Beyond 2^53 the numbers are no longer exact; they are then far outside any file.
    size: Number(word & 0xff_ffff_ffff_ffffn),
    flags: Number(word >> 56n),
    offset: Number(data.readBigUInt64LE(at + 8)),
    originalSize: Number(data.readBigUInt64LE(at + 16)),
  }
}

function describeMagic(data: Buffer): string {
  const start = data.subarray(0, 8)
  const text = start.toString('latin1')
  if (/^[\x20-\x7e]+$/.test(text)) return JSON.stringify(text)
  return start.every((byte) => byte === 0) ? 'zeros' : `bytes ${start.toString('hex')}`
}
