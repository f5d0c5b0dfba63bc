import { crc32 } from 'node:zlib'

/** Four u32 little endian: the body's length, the frame's number, the body's CRC-32, and that of these three. */
const headerBytes = 16
/** No record is longer; a greater length is not a frame. */
export const maxRecordBytes = 16 * 1024 * 1024

/**
 * The records of one append, which become durable together or not at all:
 * [u32 length][u32 number][u32 crc32 of the body][u32 crc32 of the header][JSON array].
 * @param records each as JSON
 * @param number of the frame in its journal, from 0
 */
export function encodeFrame(records: readonly string[], number: number): Uint8Array {
  const body = Buffer.from(`[${records.join(',')}]`)
  if (body.length > maxRecordBytes) throw new Error(`a journal record of ${body.length} bytes is too long`)
  const frame = Buffer.allocUnsafe(headerBytes + body.length)
  frame.writeUInt32LE(body.length, 0)
  frame.writeUInt32LE(number, 4)
  frame.writeUInt32LE(crc32(body), 8)
  frame.writeUInt32LE(crc32(frame.subarray(0, 12)), 12)
  frame.set(body, headerBytes)
  return frame
}

/** A journal with one frame for each record, since a record may be as long as a frame. */
export const encodeFrames = (records: readonly unknown[]): readonly Uint8Array[] =>
  records.map((record, number) => encodeFrame([JSON.stringify(record)], number))

export interface DecodedJournal {
  /** Up to the first frame that is not whole. */
  readonly records: readonly unknown[]
  readonly frameCount: number
  /** Whether the last of them is an empty one. */
  readonly isClosed: boolean
  /** Bytes of those frames. */
  readonly goodBytes: number
  /**
   * `torn`: the last frame is not whole, as a crash or a loss of power leaves an append that was never
   * acknowledged. A last frame that was damaged later looks the same: any of its bytes may be missing, zeros, or
   * what the disk held there before. So an empty frame follows the records when the journal is opened or closed.
   * `damaged`: whole frames follow, which no crash leaves, and acknowledged records are lost in between.
   */
  readonly end: 'clean' | 'torn' | 'damaged'
  /** How many frames are known to have been there, where the journal has fewer. */
  readonly expectedFrames?: number
  /** Of a damaged journal, the records of whole frames after the damage. */
  readonly later: readonly unknown[]
}

export function decodeFrames(bytes: Uint8Array): DecodedJournal {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const records: unknown[] = []
  let at = 0
  let frameCount = 0
  let isClosed = false
  for (let frame = readFrame(view, at); frame?.number === frameCount; frame = readFrame(view, at)) {
    records.push(...frame.records)
    at = frame.end
    frameCount += 1
    isClosed = frame.records.length === 0
  }
  const good = { records, frameCount, isClosed, goodBytes: at }
  if (at === view.length) return { ...good, end: 'clean', later: [] }
  const later = findLater(view, at, frameCount)
  return { ...good, end: later.found ? 'damaged' : 'torn', later: later.records }
}

interface Header {
  readonly number: number
  readonly bodyCrc: number
  readonly end: number
}

function readHeader(view: Buffer, at: number): Header | undefined {
  if (at + headerBytes > view.length) return undefined
  const length = view.readUInt32LE(at)
  if (length < 2 || length > maxRecordBytes) return undefined
  if (crc32(view.subarray(at, at + 12)) !== view.readUInt32LE(at + 12)) return undefined
  return {
    number: view.readUInt32LE(at + 4),
    bodyCrc: view.readUInt32LE(at + 8),
    end: at + headerBytes + length,
  }
}

/** The frame that begins there, if it is whole. */
function readFrame(view: Buffer, at: number): (Header & { readonly records: unknown[] }) | undefined {
  const header = readHeader(view, at)
  if (!header || header.end > view.length) return undefined
  const body = view.subarray(at + headerBytes, header.end)
  if (crc32(body) !== header.bodyCrc) return undefined
  const records = parse(body)
  return records && { ...header, records }
}

function parse(body: Buffer): unknown[] | undefined {
  try {
    const records: unknown = JSON.parse(body.toString('utf8'))
    return Array.isArray(records) ? records : undefined
  } catch {
    return undefined
  }
}

/** One append is one frame, so whole frames after one that is not were appended after it had been synced. */
function findLater(view: Buffer, from: number, number: number): { found: boolean; records: unknown[] } {
  const records: unknown[] = []
  let found = false
  for (let at = from; at + headerBytes <= view.length;) {
    // Not an older one, such as the content of a record may hold, and none that could not fit in.
    const claimed = view.readUInt32LE(at + 4)
    const frame = claimed >= number && claimed <= number + view.length ? readFrame(view, at) : undefined
    if (!frame) at += 1
    else {
      found = true
      records.push(...frame.records)
      at = frame.end
    }
  }
  return { found, records }
}
