import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const blockBytes = 1024

export interface PartcloneParts {
  readonly fileSystem?: string
  /** All of them are used. */
  readonly blocks?: number
  /** Of the file system; the sum of its blocks unless told. */
  readonly deviceBytes?: number
  /** CRC-32 after each 100 blocks, or none. */
  readonly checksums?: boolean
}

/** The bytes as the lz4 program packs them. */
export const lz4 = (bytes: Uint8Array, ...parameters: string[]): Buffer =>
  execFileSync('lz4', ['-cq', ...parameters], { input: bytes, maxBuffer: 1e9 })

/** The bytes with one bit turned over, in the middle unless told. */
export function flipped(bytes: Uint8Array, at = bytes.length >> 1): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** A partclone image of version 2. */
export function partcloneImage({
  fileSystem = 'NTFS',
  blocks = 512,
  deviceBytes = blocks * blockBytes,
  checksums = true,
}: PartcloneParts = {}): Buffer {
  const head = Buffer.alloc(106)
  head.write('partclone-image')
  head.write('0.3.23', 16)
  head.write('0002', 30)
  head.writeUInt16LE(0xc0de, 34)
  head.write(fileSystem, 36)
  head.writeBigUInt64LE(BigInt(deviceBytes), 52)
  for (const at of [60, 68, 76]) head.writeBigUInt64LE(BigInt(blocks), at)
  head.writeUInt32LE(blockBytes, 84)
  head.writeUInt32LE(18, 88)
  head.writeUInt16LE(2, 92)
  head.writeUInt16LE(64, 94)
  if (checksums) {
    head.writeUInt16LE(0x20, 96)
    head.writeUInt16LE(4, 98)
    head.writeUInt32LE(100, 100)
  }
  head.writeUInt16LE(0x0101, 104)
  const bitmap = Buffer.alloc(blocks / 8, 0xff)
  const parts = [head, partcloneSum(head), bitmap, partcloneSum(bitmap)]
  for (let left = blocks; left > 0; left -= 100) {
    const group = randomBytes(Math.min(left, 100) * blockBytes)
    parts.push(group, ...(checksums ? [partcloneSum(group)] : []))
  }
  return Buffer.concat(parts)
}

/**
 * A partclone image of the old version 1, in which no checksum can be trusted.
 * @param used what its bitmap says of each block
 */
export function oldPartcloneImage(blocks = 64, used = 1): Buffer {
  const head = Buffer.alloc(4160)
  head.write('partclone-image')
  head.write('EXTFS', 15)
  head.write('0001', 30)
  head.writeInt32LE(blockBytes, 36)
  head.writeBigUInt64LE(BigInt(blocks * blockBytes), 40)
  for (const at of [48, 56]) head.writeBigUInt64LE(BigInt(blocks), at)
  const body = Array.from({ length: blocks }, () => randomBytes(blockBytes + 4))
  return Buffer.concat([head, Buffer.alloc(blocks, used), Buffer.from('BiTmAgIc'), ...body])
}

function partcloneSum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE((crc32(bytes) ^ 0xffffffff) >>> 0)
  return sum
}

/** A full flash update of two chunks. */
export function ffuImage(chunkKiB = 128): Buffer {
  const chunkBytes = chunkKiB * 1024
  const chunks = [randomBytes(chunkBytes), randomBytes(chunkBytes)] as const
  chunks[0].write('ImageFlash  ', 4)
  const head = Buffer.alloc(chunkBytes)
  head.writeUInt32LE(32, 0)
  head.write('SignedImage ', 4)
  for (const [at, value] of [
    [16, chunkKiB],
    [20, 0x800c],
    [24, 8],
    [28, 64],
  ] as const)
    head.writeUInt32LE(value, at)
  chunks.forEach((chunk, index) =>
    createHash('sha256')
      .update(chunk)
      .digest()
      .copy(head, 40 + 32 * index),
  )
  return Buffer.concat([head, ...chunks])
}

/** The first sector of a disk. */
export function partitionTable(): Buffer {
  const sector = Buffer.alloc(512)
  sector.writeUInt16BE(0x55aa, 510)
  return sector
}
