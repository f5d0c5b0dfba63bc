import { ImageFault } from './image-fault.js'
import { xxh32 } from './xxh32.js'

export const lz4Magic = 0x184d2204
export const lz4LegacyMagic = 0x184c2102
export const isSkippable = (magic: number): boolean => magic >= 0x184d2a50 && magic <= 0x184d2a5f

/** The descriptor of an lz4 frame (the lz4 frame format description, version 1.6). */
export interface Lz4FrameHeader {
  readonly linkedBlocks: boolean
  readonly blockChecksums: boolean
  readonly contentChecksum: boolean
  readonly maxBlockBytes: number
  /** The size of the content, if the frame says it. */
  readonly contentBytes?: bigint
}

export const descriptorStartBytes = 2

/** Bytes of the descriptor with its checksum, by its first byte. */
export const descriptorBytes = (flags: number): number => 3 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0)

/**
 * Reads a frame's descriptor, which follows the magic.
 * @throws ImageFault when it is broken
 */
export function parseLz4Descriptor(bytes: Buffer): Lz4FrameHeader {
  const flags = bytes.readUInt8(0)
  const sizes = bytes.readUInt8(1)
  const expected = (xxh32(bytes.subarray(0, -1)) >>> 8) & 0xff
  const found = bytes.readUInt8(bytes.length - 1)
  if (expected !== found) throw brokenHeader(`checksum ${expected}`, `checksum ${found}`)
  if (flags >> 6 !== 1) throw brokenHeader('version 1', `version ${flags >> 6}`)
  const blockSize = (sizes >> 4) & 7
  if ((flags & 0x02) !== 0 || (sizes & 0x8f) !== 0 || blockSize < 4)
    throw brokenHeader('known flags', `${flags.toString(16)} and ${sizes.toString(16)}`)
  if ((flags & 0x01) !== 0) throw brokenHeader('no dictionary', 'a frame that needs a dictionary')
  return {
    linkedBlocks: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 0x04) !== 0,
    maxBlockBytes: 1 << (8 + 2 * blockSize),
    ...((flags & 0x08) !== 0 && { contentBytes: bytes.readBigUInt64LE(2) }),
  }
}

const brokenHeader = (expected: string, found: string): ImageFault =>
  new ImageFault('The header of the lz4 frame is broken.', expected, found)
