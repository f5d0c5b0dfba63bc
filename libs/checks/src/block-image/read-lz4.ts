import { decodeLz4Block } from './decode-lz4-block.js'
import { ImageFault } from './image-fault.js'
import {
  descriptorBytes,
  descriptorStartBytes,
  isSkippable,
  lz4LegacyMagic,
  lz4Magic,
  parseLz4Descriptor,
  type Lz4FrameHeader,
} from './lz4-frame-header.js'
import { Xxh32, xxh32 } from './xxh32.js'
import type { ByteSink, Step, Steps } from './stream-parser.js'

const nothing = Buffer.alloc(0)
const windowBytes = 64 * 1024
const legacyBlockBytes = 8 * 1024 * 1024
/** The greatest size of a compressed legacy block; a larger number is the magic of another frame. */
const legacyLimit = legacyBlockBytes + Math.floor(legacyBlockBytes / 255) + 16
const storedFlag = 0x80000000

/**
 * Decompresses lz4 frames, one after the other, and checks every checksum. Keeps one block and the 64 KiB
 * before it.
 */
export function* readLz4(content: Pick<ByteSink, 'push'>): Steps {
  const room = new BlockRoom()
  let magic = (yield { take: 4 }).readUInt32LE(0)
  for (;;) {
    let next: Buffer | undefined
    if (magic === lz4Magic) yield* readFrame(content, room)
    else if (magic === lz4LegacyMagic) next = yield* readLegacyFrame(content, room)
    else if (isSkippable(magic)) {
      const size = (yield { take: 4 }).readUInt32LE(0)
      yield { pass: size, use: () => {} }
    } else throw new ImageFault('An lz4 frame does not begin as one.', 'an lz4 frame', magic.toString(16))
    next ??= yield { take: 4, mayEnd: true }
    if (next.length === 0) return
    magic = next.readUInt32LE(0)
  }
}

function* readFrame(content: Pick<ByteSink, 'push'>, room: BlockRoom): Steps {
  const start = yield { take: descriptorStartBytes }
  const rest = yield { take: descriptorBytes(start.readUInt8(0)) - descriptorStartBytes }
  const header = parseLz4Descriptor(Buffer.concat([start, rest]))
  const hash = new Xxh32()
  let length = 0n
  const decoder = new BlockDecoder(header, room)
  for (;;) {
    const size = (yield { take: 4 }).readUInt32LE(0)
    if (size === 0) break
    const stored = size >= storedFlag
    const bytes = stored ? size - storedFlag : size
    if (bytes > header.maxBlockBytes)
      throw new ImageFault(
        'An lz4 block is larger than its frame allows.',
        `${header.maxBlockBytes}`,
        `${bytes}`,
      )
    const block = yield { take: bytes }
    if (header.blockChecksums)
      requireChecksum('an lz4 block', (yield { take: 4 }).readUInt32LE(0), xxh32(block))
    const decoded = decoder.decode(block, stored)
    if (header.contentChecksum) hash.update(decoded)
    length += BigInt(decoded.length)
    content.push(decoded)
  }
  if (header.contentChecksum)
    requireChecksum('the lz4 frame', (yield { take: 4 }).readUInt32LE(0), hash.digest())
  if (header.contentBytes !== undefined && header.contentBytes !== length)
    throw new ImageFault(
      'The lz4 frame has another size than its header says.',
      `${header.contentBytes} bytes`,
      `${length} bytes`,
    )
}

function requireChecksum(of: string, expected: number, found: number): void {
  if (expected === found) return
  const text = (checksum: number): string => `xxh32 ${checksum.toString(16).padStart(8, '0')}`
  throw new ImageFault(`The checksum of ${of} is wrong.`, text(expected), text(found))
}

/** Room for decoded blocks that all frames share: a file can have a frame in every 11 bytes. */
class BlockRoom {
  private bytes = nothing

  /** The room for the window and a block of so many bytes. */
  of(maxBlockBytes: number): Buffer {
    const bytes = windowBytes + maxBlockBytes
    if (this.bytes.length < bytes) this.bytes = Buffer.allocUnsafe(bytes)
    return this.bytes.subarray(0, bytes)
  }
}

/** Decompresses the blocks of one frame; for linked blocks the 64 KiB before a block are kept. */
class BlockDecoder {
  private readonly bytes: Buffer
  private kept = 0
  private end = windowBytes

  constructor(
    private readonly header: Pick<Lz4FrameHeader, 'linkedBlocks' | 'maxBlockBytes'>,
    room: BlockRoom,
  ) {
    this.bytes = room.of(header.maxBlockBytes)
  }

  /** The decoded bytes, which are valid until the next call. */
  decode(block: Buffer, stored: boolean): Buffer {
    if (this.header.linkedBlocks) this.keepWindow()
    const { bytes, kept } = this
    const target = { bytes, start: windowBytes, limit: bytes.length, earliest: windowBytes - kept }
    this.end = stored ? windowBytes + block.copy(bytes, windowBytes) : decodeLz4Block(block, target)
    return bytes.subarray(windowBytes, this.end)
  }

  private keepWindow(): void {
    this.kept = Math.min(windowBytes, this.kept + this.end - windowBytes)
    this.bytes.copyWithin(windowBytes - this.kept, this.end - this.kept, this.end)
    this.end = windowBytes
  }
}

/** The frame of `lz4 -l`, which has no end of its own. Returns the next frame's magic, or nothing at the end. */
function* readLegacyFrame(content: Pick<ByteSink, 'push'>, room: BlockRoom): Generator<Step, Buffer, Buffer> {
  const decoder = new BlockDecoder({ linkedBlocks: false, maxBlockBytes: legacyBlockBytes }, room)
  for (;;) {
    const next = yield { take: 4, mayEnd: true }
    if (next.length === 0) return next
    const size = next.readUInt32LE(0)
    if (size > legacyLimit) return next
    content.push(decoder.decode(yield { take: size }, false))
  }
}
