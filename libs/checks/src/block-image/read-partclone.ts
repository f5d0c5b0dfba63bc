import { crc32 } from 'node:zlib'
import { ImageFault } from './image-fault.js'
import {
  headBytesV1,
  headBytesV2,
  headStartBytes,
  parsePartcloneV1,
  parsePartcloneV2,
  partcloneCrc,
  partcloneVersion,
  type PartcloneHeader,
} from './partclone-header.js'
import type { Step, Steps } from './stream-parser.js'

const bitmapEndV1 = 'BiTmAgIc'

/**
 * Walks through a partclone image: head, bitmap, blocks and their checksums. Keeps nothing.
 * @param onHeader hears of the head before the blocks are read, and may refuse it
 */
export function* readPartclone(onHeader: (header: PartcloneHeader) => void): Steps {
  const start = yield { take: headStartBytes }
  if (partcloneVersion(start) === 1) {
    const header = parsePartcloneV1(Buffer.concat([start, yield { take: headBytesV1 - headStartBytes }]))
    onHeader(header)
    yield* readBlocksV1(header, yield* readBitmapV1(header))
  } else {
    const header = parsePartcloneV2(Buffer.concat([start, yield { take: headBytesV2 - headStartBytes }]))
    onHeader(header)
    const used = yield* readBitmapV2(header)
    if (used !== header.usedBlocks)
      throw new ImageFault(
        'The bitmap and the head of the partclone image disagree.',
        `${header.usedBlocks} used blocks`,
        `${used} used blocks`,
      )
    yield* readBlocksV2(header, used)
  }
}

/** One byte for each block; some versions wrote other numbers than 1 for used ones. */
function* readBitmapV1({ totalBlocks }: PartcloneHeader): Generator<Step, number, Buffer> {
  let used = 0
  const use = (bytes: Buffer): void => {
    for (const byte of bytes) if (byte !== 0) used += 1
  }
  yield { pass: totalBlocks, use }
  const end = (yield { take: bitmapEndV1.length }).toString('latin1')
  if (end === bitmapEndV1) return used
  throw new ImageFault('The bitmap of the partclone image has no end.', bitmapEndV1, end)
}

const bitsOf = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

function* readBitmapV2({ totalBlocks }: PartcloneHeader): Generator<Step, number, Buffer> {
  const bytes = Math.ceil(totalBlocks / 8)
  // The bits behind the last block are set by partclone and mean nothing.
  const meant = totalBlocks % 8 === 0 ? 0xff : (1 << (totalBlocks % 8)) - 1
  let used = 0
  let last = 0
  let sum = 0
  const use = (piece: Buffer): void => {
    for (const byte of piece) used += bitsOf[byte] as number
    last = piece[piece.length - 1] as number
    sum = crc32(piece, sum)
  }
  yield { pass: bytes, use }
  requireCrc('the bitmap', (yield { take: 4 }).readUInt32LE(0), partcloneCrc(sum))
  return used - (bitsOf[last & ~meant & 0xff] as number)
}

/** The checksums of version 1 are those of a program with a fault, and are not counted again. */
function* readBlocksV1({ blockBytes }: PartcloneHeader, used: number): Steps {
  if (used === 0) return
  yield { pass: used * (blockBytes + 4), use: ignore }
  const more = yield { take: 1, mayEnd: true }
  // Some programs of 64 bits wrote each checksum in 8 bytes.
  if (more.length > 0) yield { pass: used * 4 - 1, use: ignore }
}

function* readBlocksV2({ blockBytes, checksums }: PartcloneHeader, used: number): Steps {
  const { mode, blocksPerChecksum, reseed } = checksums
  if (mode === 'none') return void (yield { pass: used * blockBytes, use: ignore })
  let sum = 0
  const use = (bytes: Buffer): void => {
    sum = crc32(bytes, sum)
  }
  for (let left = used; left > 0; left -= blocksPerChecksum) {
    const group = Math.min(left, blocksPerChecksum)
    if (reseed) sum = 0
    yield { pass: group * blockBytes, use: mode === 'crc32' ? use : ignore }
    const expected = yield { take: checksums.bytes }
    const place = `the blocks up to ${used - left + group} of ${used}`
    if (mode === 'crc32') requireCrc(place, expected.readUInt32LE(0), partcloneCrc(sum))
  }
}

const ignore = (): void => {}

function requireCrc(of: string, expected: number, found: number): void {
  if (expected === found) return
  const text = (sum: number): string => `crc32 ${sum.toString(16).padStart(8, '0')}`
  throw new ImageFault(`The checksum of ${of} is wrong.`, text(expected), text(found))
}
