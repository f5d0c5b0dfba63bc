import type { RandomAccess } from '@goldkeep/wim'
import type { ExpectedPartition } from './content-reader.js'
import { ffuHeaderBytes, parseFfuHeader, requireFfuSize } from './ffu-header.js'
import { ImageFault } from './image-fault.js'
import { imageReader, type BlockKind, type ImageReader } from './image-reader.js'
import { descriptorBytes, lz4Magic, parseLz4Descriptor } from './lz4-frame-header.js'
import { partcloneBytes, type PartcloneHeader } from './partclone-header.js'

/** Smaller files are read whole at once: little is cheaper than nothing. */
const smallBytes = 64 * 1024
/** The first block of an lz4 frame may be of 4 MiB; the head of what is inside is in it. */
const startBytes = 4 * 1024 * 1024 + 64
const pieceBytes = 64 * 1024

/** The result of a look at the ends of an image. */
export interface ImageLook {
  /** The head of partclone data, if it is in the part that was read. */
  readonly header?: PartcloneHeader
  readonly isRaw: boolean
  /** True when all of the image was read. */
  readonly whole: boolean
}

/**
 * Looks at the beginning and the end of a block image: enough to find one that was cut, not one that is damaged
 * in the middle. Rejects with ImageFault.
 */
export async function lookAtImage(
  file: RandomAccess,
  kind: BlockKind,
  expected: ExpectedPartition,
): Promise<ImageLook> {
  if (kind === 'ffu') {
    requireFfuSize(parseFfuHeader(Buffer.from(await readFully(file, 0, ffuHeaderBytes))), file.size)
    return { isRaw: false, whole: false }
  }
  if (file.size > smallBytes && kind === 'lz4') await requireLz4Ends(file)
  const reader = imageReader(kind, expected, file.size)
  try {
    const whole = await readStart(file, reader)
    const header = reader.content?.header
    if (header && !whole) await requireSize(file, kind, header)
    if (kind === 'plain' && !header && expected.bytes !== undefined && expected.bytes !== file.size)
      throw wrongRawSize(expected.bytes, file.size)
    const isRaw = reader.content?.isRaw ?? false
    return { whole, isRaw: isRaw || (whole && !header), ...(header && { header }) }
  } finally {
    reader.close()
  }
}

async function readStart(file: RandomAccess, reader: ImageReader): Promise<boolean> {
  const whole = file.size <= smallBytes
  const end = whole ? file.size : Math.min(startBytes, file.size)
  for (let at = 0; at < end; at += pieceBytes) {
    await reader.push(await readFully(file, at, Math.min(pieceBytes, end - at)))
    const { content } = reader
    if (!whole && (content?.header || content?.isRaw)) return false
  }
  if (whole) await reader.end()
  return whole
}

async function readFully(file: RandomAccess, from: number, length: number): Promise<Uint8Array> {
  const bytes = await file.read(from, Math.min(length, file.size - from))
  if (bytes.length < length)
    throw new ImageFault('The file is cut short.', `${from + length} bytes`, `${from + bytes.length} bytes`)
  return bytes
}

/** A frame ends with a block of size 0, and its checksum behind that where it has one. */
async function requireLz4Ends(file: RandomAccess): Promise<void> {
  const start = Buffer.from(await readFully(file, 0, 32))
  if (start.readUInt32LE(0) !== lz4Magic) return
  const length = descriptorBytes(start.readUInt8(4))
  const header = parseLz4Descriptor(start.subarray(4, 4 + length))
  const end = Buffer.from(await readFully(file, file.size - 8, 8))
  const ended = (at: number): boolean => end.readUInt32LE(at) === 0
  // Of several frames the last may be of another kind than the first.
  if (ended(0) || (ended(4) && !header.contentChecksum)) return
  throw new ImageFault('The lz4 data has no end: it was cut short.', 'an end mark', end.toString('hex'))
}

/** The head of partclone data says how long it is, and the end of gzip data how long it was. */
async function requireSize(file: RandomAccess, kind: BlockKind, header: PartcloneHeader): Promise<void> {
  if (header.version !== 2 || kind === 'lz4') return
  const expected = partcloneBytes(header)
  if (kind === 'plain') {
    if (expected === file.size) return
    throw new ImageFault(
      'The partclone image has another size than its head says.',
      `${expected} bytes`,
      `${file.size} bytes`,
    )
  }
  const end = Buffer.from(await readFully(file, file.size - 4, 4)).readUInt32LE(0)
  if (end === expected % 2 ** 32) return
  throw new ImageFault(
    'The gzip data does not end with the length of the partclone image in it: it was cut short.',
    `${expected % 2 ** 32}`,
    `${end}`,
  )
}

const wrongRawSize = (expected: number, found: number): ImageFault =>
  new ImageFault('The raw image has another size than its partition.', `${expected} bytes`, `${found} bytes`)
