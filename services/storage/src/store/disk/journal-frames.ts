import { crc32 } from 'node:zlib'

/** Length and CRC-32 of what follows, both u32 little endian. */
const headerBytes = 8
/** No record is longer; a greater length is not a frame. */
export const maxRecordBytes = 16 * 1024 * 1024

/** One record as it is appended to a journal: [u32 length][u32 crc32][JSON]. */
export function encodeFrame(record: object): Uint8Array {
  const body = Buffer.from(JSON.stringify(record))
  if (body.length > maxRecordBytes) throw new Error(`a journal record of ${body.length} bytes is too long`)
  const frame = Buffer.allocUnsafe(headerBytes + body.length)
  frame.writeUInt32LE(body.length, 0)
  frame.writeUInt32LE(crc32(body), 4)
  frame.set(body, headerBytes)
  return frame
}

/** The records up to the first bad frame, and how many bytes they take. What follows was never acknowledged. */
export function decodeFrames(bytes: Uint8Array): { records: unknown[]; goodBytes: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const records: unknown[] = []
  let at = 0
  while (at + headerBytes <= view.length) {
    const length = view.readUInt32LE(at)
    const end = at + headerBytes + length
    if (length === 0 || length > maxRecordBytes || end > view.length) break
    const body = view.subarray(at + headerBytes, end)
    if (crc32(body) !== view.readUInt32LE(at + 4)) break
    const record = parse(body)
    if (record === undefined) break
    records.push(record)
    at = end
  }
  return { records, goodBytes: at }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
