import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { makeRoom } from './chunk-codec.js'
import {
  ReadChunk,
  ReadResponse,
  WriteChunk,
  WriteRequest,
  readResponseCodec,
  writeRequestCodec,
} from './storage.js'

const offsets = fc.oneof(
  fc.constantFrom(0n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, -1n),
  fc.bigInt(0n, 2n ** 50n),
)
const sums = fc.oneof(fc.constantFrom(0, 1, 0xffffffff), fc.nat(0xffffffff))
const data = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(new Uint8Array(127), new Uint8Array(20_000)),
)
const chunks = fc.record({ offset: offsets, data, crc32: sums })
const writeOf = (value: WriteChunk): WriteRequest => ({ message: { $case: 'chunk', value } })
const readOf = (value: ReadChunk): ReadResponse => ({ message: { $case: 'chunk', value } })

/** What goes out, in hex: whole arrays are slow to compare. */
const sent = (encoded: { finish(): Uint8Array }): string => Buffer.from(encoded.finish()).toString('hex')
const generated = {
  write: (request: WriteRequest) => WriteRequest.encode(request).finish(),
  read: (response: ReadResponse) => ReadResponse.encode(response).finish(),
}
const generatedHex = {
  write: (request: WriteRequest) => sent(WriteRequest.encode(request)),
  read: (response: ReadResponse) => sent(ReadResponse.encode(response)),
}

/** Plain bytes in place of Buffers, so that only what is in them is compared. */
function plain<T>(message: T): T {
  return JSON.parse(
    JSON.stringify(message, (_, value: unknown) => {
      if (typeof value === 'bigint') return value.toString()
      return ArrayBuffer.isView(value) ? Buffer.from(value as Uint8Array).toString('hex') : value
    }),
  ) as T
}

/** What decoding gives, or that it fails. */
function outcome(decode: () => unknown): unknown {
  try {
    return plain(decode())
  } catch {
    return 'refused'
  }
}

/** Any field of a chunk, or one of a newer contract. */
const fields = fc.oneof(
  offsets.map((value) => (to: BinaryWriter) => to.tag(1, WireType.Varint).int64(value)),
  data.map((value) => (to: BinaryWriter) => to.tag(2, WireType.LengthDelimited).bytes(value)),
  sums.map((value) => (to: BinaryWriter) => to.tag(3, WireType.Bit32).fixed32(value)),
  fc.nat().map((value) => (to: BinaryWriter) => to.tag(9, WireType.Varint).uint32(value)),
  fc.string().map((value) => (to: BinaryWriter) => to.tag(200, WireType.LengthDelimited).string(value)),
)

/** A chunk, a keep-alive, another case or an unknown field: a request is a row of these. */
const parts = fc.oneof(
  fc.array(fields, { maxLength: 6 }).map((chunk) => (to: BinaryWriter) => {
    to.tag(2, WireType.LengthDelimited).fork()
    for (const write of chunk) write(to)
    return to.join()
  }),
  fc.string().map((failure) => (to: BinaryWriter) => {
    to.tag(4, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(failure)
    return to.join()
  }),
  fc.nat().map((value) => (to: BinaryWriter) => to.tag(77, WireType.Varint).uint32(value)),
)
const messages = fc.array(parts, { maxLength: 3 }).map((written) => {
  const to = new BinaryWriter()
  for (const write of written) write(to)
  return to.finish()
})

describe('a chunk', () => {
  test('is encoded to the very bytes that the generated code makes of it', () => {
    fc.assert(
      fc.property(chunks, (chunk) => {
        const { offset, data: bytes } = chunk
        const read = readOf({ offset, data: bytes })
        expect(sent(writeRequestCodec.encode(writeOf(chunk)))).toBe(generatedHex.write(writeOf(chunk)))
        expect(sent(readResponseCodec.encode(read))).toBe(generatedHex.read(read))
      }),
    )
  })

  test('that lies in a room made for it is encoded around its data, as often as it is sent', () => {
    const places = fc.record({
      offset: fc.nat(2 ** 50),
      data,
      crc32: fc.integer({ min: 1, max: 0xffffffff }),
    })
    fc.assert(
      fc.property(places, ({ offset, data: bytes, crc32 }) => {
        const room = makeRoom('write', offset, bytes.length)
        room.set(bytes)
        const request = writeOf({ offset: BigInt(offset), data: room, crc32 })
        const message = writeRequestCodec.encode(request).finish() as unknown
        expect(message).toBe(room.buffer)
        expect(sent(writeRequestCodec.encode(request))).toBe(generatedHex.write(request))

        const readRoom = makeRoom('read', offset, bytes.length)
        readRoom.set(bytes)
        const response = readOf({ offset: BigInt(offset), data: readRoom })
        expect(readResponseCodec.encode(response).finish() as unknown).toBe(readRoom.buffer)
        expect(sent(readResponseCodec.encode(response))).toBe(generatedHex.read(response))
      }),
    )
  })

  test('that is a part of a room leaves the rest of the room as it is', () => {
    const room = makeRoom('write', 1000, 400).fill(7)
    const request = writeOf({ offset: 1100n, data: room.subarray(100), crc32: 5 })
    expect(sent(writeRequestCodec.encode(request))).toBe(generatedHex.write(request))
    expect(room.every((byte) => byte === 7)).toBe(true)
  })

  test('is decoded to a view of what was received', () => {
    const received = Buffer.from(generated.write(writeOf({ offset: 5n, data: Buffer.from('abc'), crc32: 9 })))
    const { message } = writeRequestCodec.decode(received)
    if (message?.$case !== 'chunk') throw new Error('expected a chunk')
    expect(message.value.data.buffer).toBe(received.buffer)
    expect(plain(message.value)).toEqual(plain({ offset: 5n, data: Buffer.from('abc'), crc32: 9 }))
  })
})

describe('a message', () => {
  test('of any fields, known or not, in any order and number, is decoded as the generated code does', () => {
    fc.assert(
      fc.property(messages, (bytes) => {
        const write = outcome(() => WriteRequest.decode(bytes))
        expect(outcome(() => writeRequestCodec.decode(bytes))).toEqual(write)
        const read = outcome(() => ReadResponse.decode(bytes))
        expect(outcome(() => readResponseCodec.decode(bytes))).toEqual(read)
      }),
      { numRuns: 1000 },
    )
  })

  test('of arbitrary bytes is decoded or refused as the generated code does', () => {
    const noise = fc.uint8Array({ maxLength: 40 })
    const looksLikeChunk = noise.map((bytes) => Uint8Array.of(0x12, bytes.length, ...bytes))
    fc.assert(
      fc.property(fc.oneof(noise, looksLikeChunk), (bytes) => {
        const write = outcome(() => WriteRequest.decode(bytes))
        expect(outcome(() => writeRequestCodec.decode(bytes))).toEqual(write)
        const read = outcome(() => ReadResponse.decode(bytes))
        expect(outcome(() => readResponseCodec.decode(bytes))).toEqual(read)
      }),
      { numRuns: 2000 },
    )
  })

  test('of a chunk that is cut short is an error', () => {
    const chunk = fc.record({ offset: fc.nat(2 ** 40), data: fc.uint8Array({ minLength: 1 }), crc32: sums })
    fc.assert(
      fc.property(chunk, fc.nat(), ({ offset, data: bytes, crc32 }, cut) => {
        const whole = generated.write(writeOf({ offset: BigInt(offset), data: bytes, crc32 }))
        const short = whole.subarray(0, 1 + (cut % (whole.length - 1)))
        expect(() => writeRequestCodec.decode(short)).toThrow()
      }),
    )
  })

  test('of another kind goes both ways as before', () => {
    const failed: WriteRequest = { message: { $case: 'producerFailed', value: { failure: 'exit 1' } } }
    expect(sent(writeRequestCodec.encode(failed))).toBe(generatedHex.write(failed))
    expect(writeRequestCodec.decode(generated.write(failed))).toEqual(failed)
  })
})
