import { crc32 } from 'node:zlib'
import { ImageFault } from './image-fault.js'

export const partcloneMagic = 'partclone-image'

/** The head of a partclone image (partclone's IMAGE_FORMATS.md). */
export interface PartcloneHeader {
  readonly version: 1 | 2
  /** `EXTFS`, `NTFS`, `raw`. */
  readonly fileSystem: string
  /** The size of the file system. */
  readonly deviceBytes: number
  readonly blockBytes: number
  readonly totalBlocks: number
  /** Blocks that the image holds, as its head says. */
  readonly usedBlocks: number
  readonly checksums: Checksums
}

export interface Checksums {
  /** The reader steps over checksums of `other` kinds, of which it knows the size only. */
  readonly mode: 'none' | 'crc32' | 'other'
  readonly bytes: number
  readonly blocksPerChecksum: number
  /** Whether each checksum covers only its own blocks, not all before them. */
  readonly reseed: boolean
}

export const headStartBytes = 36
export const headBytesV1 = 4160
export const headBytesV2 = 110
const littleEndian = 0xc0de
const bitmapOfBits = 1
/** No file system has larger blocks; bounds what is kept of an image. */
const maxBlockBytes = 16 * 1024 * 1024
/** Blocks of 4 KiB would need 2^48 for one exbibyte. */
const maxBlocks = 2 ** 40

/** partclone's CRC-32 is the usual one without the final inversion. */
export const partcloneCrc = (usual: number): number => (usual ^ 0xffffffff) >>> 0

const text = (bytes: Buffer): string => bytes.toString('latin1').replace(/\0.*$/s, '')
const broken = (expected: string, found: string): ImageFault =>
  new ImageFault('The head of the partclone image is broken.', expected, found)

/** Reads the version from the first 36 bytes. @throws ImageFault when it is no version that partclone can restore */
export function partcloneVersion(start: Buffer): 1 | 2 {
  if (!start.toString('latin1').startsWith(partcloneMagic))
    throw broken(partcloneMagic, start.subarray(0, 15).toString('hex'))
  const version = start.toString('latin1', 30, 34)
  if (version === '0001') return 1
  if (version !== '0002') throw broken('version 0001 or 0002', version)
  const order = start.readUInt16LE(34)
  if (order !== littleEndian) throw broken('little-endian numbers', order.toString(16))
  return 2
}

export function parsePartcloneV1(head: Buffer): PartcloneHeader {
  return requirePlausible({
    version: 1,
    fileSystem: text(head.subarray(15, 30)),
    blockBytes: head.readInt32LE(36),
    deviceBytes: Number(head.readBigUInt64LE(40)),
    totalBlocks: Number(head.readBigUInt64LE(48)),
    usedBlocks: Number(head.readBigUInt64LE(56)),
    checksums: { mode: 'other', bytes: 4, blocksPerChecksum: 1, reseed: false },
  })
}

export function parsePartcloneV2(head: Buffer): PartcloneHeader {
  const expected = partcloneCrc(crc32(head.subarray(0, 106)))
  const found = head.readUInt32LE(106)
  if (expected !== found) throw broken(`crc32 ${expected.toString(16)}`, `crc32 ${found.toString(16)}`)
  if (head.readUInt8(105) !== bitmapOfBits) throw broken('a bitmap of bits', `mode ${head.readUInt8(105)}`)
  const header: PartcloneHeader = {
    version: 2,
    fileSystem: text(head.subarray(36, 52)),
    deviceBytes: Number(head.readBigUInt64LE(52)),
    totalBlocks: Number(head.readBigUInt64LE(60)),
    usedBlocks: Number(head.readBigUInt64LE(76)),
    blockBytes: head.readUInt32LE(84),
    checksums: readChecksums(head),
  }
  return requirePlausible(header)
}

const noChecksums = 0x00
const crc32Checksums = 0x20
/** The longest known checksum has 128 bits. */
const maxChecksumBytes = 64

function readChecksums(head: Buffer): Checksums {
  const kind = head.readUInt16LE(96)
  const bytes = head.readUInt16LE(98)
  const blocksPerChecksum = head.readUInt32LE(100)
  if (kind === noChecksums || blocksPerChecksum === 0)
    return { mode: 'none', bytes: 0, blocksPerChecksum: 0, reseed: true }
  if (kind === crc32Checksums ? bytes !== 4 : bytes > maxChecksumBytes)
    throw broken('a known kind of checksums', `kind ${kind} of ${bytes} bytes`)
  const mode = kind === crc32Checksums ? 'crc32' : 'other'
  return { mode, bytes, blocksPerChecksum, reseed: head.readUInt8(104) !== 0 }
}

function requirePlausible(header: PartcloneHeader): PartcloneHeader {
  const { blockBytes, totalBlocks, usedBlocks, deviceBytes } = header
  if (blockBytes <= 0 || blockBytes > maxBlockBytes) throw broken('a size of blocks', `${blockBytes} bytes`)
  if (totalBlocks === 0 || totalBlocks > maxBlocks) throw broken('a number of blocks', `${totalBlocks}`)
  if (usedBlocks > totalBlocks)
    throw broken(`at most ${totalBlocks} used blocks`, `${usedBlocks} used blocks`)
  // The last block of a device may be a part of one.
  if (deviceBytes > totalBlocks * blockBytes + maxBlockBytes)
    throw broken(`${totalBlocks * blockBytes} bytes of blocks`, `a device of ${deviceBytes} bytes`)
  return header
}

/** Returns the size of the whole image; exact for version 2, whose head counts the blocks by the bitmap. */
export function partcloneBytes(header: PartcloneHeader): number {
  const { version, totalBlocks, usedBlocks, blockBytes, checksums } = header
  const { bytes, blocksPerChecksum } = checksums
  const sums = blocksPerChecksum > 0 ? Math.ceil(usedBlocks / blocksPerChecksum) * bytes : 0
  const start = version === 1 ? headBytesV1 + totalBlocks + 8 : headBytesV2 + Math.ceil(totalBlocks / 8) + 4
  return start + usedBlocks * blockBytes + sums
}
