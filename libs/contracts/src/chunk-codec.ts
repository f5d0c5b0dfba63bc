/**
 * WriteChunk and ReadChunk on the wire, inside the messages that carry them. The generated code copies a
 * chunk's bytes twice to encode them; here they are copied once, or not at all when they lie in a room that
 * was made for them. What is not a plain chunk is left to the generated code.
 */

/** `data` is at field 2 and `offset` at field 1 in both; ReadChunk has no `crc32`. */
export interface Chunk {
  readonly offset: bigint
  readonly data: Uint8Array
  readonly crc32?: number
}

const chunkTag = 0x12
const offsetTag = 0x08
const dataTag = 0x12
const crc32Tag = 0x1d
const crc32Bytes = 5

/** The buffers that `makeRoom` made: only in these may a message be written around its data. */
const rooms = new WeakSet<ArrayBuffer>()

/**
 * Space for a chunk's data with space around it for the rest of its message, so that it need not be copied
 * to be sent. It can be sent again, at the same offset.
 * @param kind of a WriteChunk, which has a sum, or a ReadChunk, which has none
 */
export function makeRoom(kind: 'write' | 'read', offset: number, length: number): Uint8Array {
  const size = sizeMessage(offset, length, kind === 'write' ? crc32Bytes : 0)
  const { buffer } = Buffer.allocUnsafeSlow(size.total)
  rooms.add(buffer)
  return new Uint8Array(buffer, size.head, length)
}

/** The message that carries the chunk; undefined for an offset that only the generated code can write. */
export function encodeChunk({ offset, data, crc32 = 0 }: Chunk): Uint8Array<ArrayBuffer> | undefined {
  if (offset < 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  const at = Number(offset)
  const size = sizeMessage(at, data.length, crc32 === 0 ? 0 : crc32Bytes)
  const message = roomAround(data, size) ?? new Uint8Array(Buffer.allocUnsafeSlow(size.total).buffer)
  if (message.buffer !== data.buffer) message.set(data, size.head)
  let end = writeVarint(message, writeByte(message, 0, chunkTag), size.chunk)
  if (at > 0) end = writeVarint(message, writeByte(message, end, offsetTag), at)
  if (data.length > 0) end = writeVarint(message, writeByte(message, end, dataTag), data.length)
  if (crc32 !== 0) {
    end = writeByte(message, end + data.length, crc32Tag)
    new DataView(message.buffer).setUint32(end, crc32, true)
  }
  return message
}

function roomAround(data: Uint8Array, size: MessageSize): Uint8Array<ArrayBuffer> | undefined {
  const { buffer, byteOffset } = data
  if (!rooms.has(buffer as ArrayBuffer)) return undefined
  // A part of what was read into the room, as a resumed stream sends it, has another place in its message.
  if (byteOffset !== size.head || buffer.byteLength !== size.total) return undefined
  return new Uint8Array(buffer as ArrayBuffer)
}

/**
 * The chunk that a message carries, as a view of the message's bytes, which it keeps in memory. Undefined
 * for every other message and for whatever is unusual or broken about it.
 */
export function decodeChunk(message: Uint8Array): Required<Chunk> | undefined {
  if (message[0] !== chunkTag) return undefined
  const length = readVarint(message, 1)
  if (!length || length.end + length.value !== message.length) return undefined
  let offset = 0
  let crc32 = 0
  let data = message.subarray(0, 0)
  for (let at = length.end; at < message.length;) {
    const tag = message[at]
    if (tag === crc32Tag) {
      if (at + crc32Bytes > message.length) return undefined
      crc32 = new DataView(message.buffer, message.byteOffset + at + 1, 4).getUint32(0, true)
      at += crc32Bytes
      continue
    }
    const number = readVarint(message, at + 1)
    if (!number) return undefined
    at = number.end
    if (tag === offsetTag) offset = number.value
    else if (tag === dataTag && at + number.value <= message.length) {
      data = message.subarray(at, at + number.value)
      at += number.value
    } else return undefined
  }
  return { offset: BigInt(offset), data, crc32 }
}

interface MessageSize {
  /** Of the chunk without its tag and length. */
  readonly chunk: number
  /** Of all that stands before the data. */
  readonly head: number
  readonly total: number
}

function sizeMessage(offset: number, length: number, tail: number): MessageSize {
  const fields = (offset > 0 ? 1 + sizeVarint(offset) : 0) + (length > 0 ? 1 + sizeVarint(length) : 0)
  const chunk = fields + length + tail
  const head = 1 + sizeVarint(chunk) + fields
  return { chunk, head, total: head + length + tail }
}

function writeByte(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value
  return at + 1
}

function sizeVarint(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1
  return size
}

function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) end = writeByte(bytes, end, (rest % 128) + 128)
  return writeByte(bytes, end, rest)
}

/** Undefined when it is cut short, or greater than a number holds exactly. */
function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  let value = 0
  let weight = 1
  for (let end = at; end < bytes.length; end += 1, weight *= 128) {
    const byte = bytes[end] ?? 0
    value += (byte % 128) * weight
    if (value > Number.MAX_SAFE_INTEGER) return undefined
    if (byte < 128) return { value, end: end + 1 }
  }
  return undefined
}
