import { decodeChunk, encodeChunk } from './chunk-codec.js'
import { RequestReader } from './read-request.js'
import {
  UploadDataDefinition as GeneratedUploadData,
  WriteRequest,
} from './generated/goldkeep/storage/v1/uploads.js'
import {
  ReadResponse,
  VersionDataDefinition as GeneratedVersionData,
} from './generated/goldkeep/storage/v1/versions.js'

export * from './generated/goldkeep/storage/v1/uploads.js'
export * from './generated/goldkeep/storage/v1/versions.js'
export type { ServerStreamingMethodResult } from './generated/goldkeep/storage/v1/uploads.js'
export { makeRoom } from './chunk-codec.js'

/** What nice-grpc uses of a message's generated code. */
type Codec<Message, Partial, Input = Uint8Array> = {
  encode(message: Message): { finish(): Uint8Array }
  decode(input: Input): Message
  fromPartial(partial: Partial): Message
}

export const writeRequestCodec: Codec<
  WriteRequest,
  Parameters<typeof WriteRequest.fromPartial>[0],
  Uint8Array | RequestReader
> = {
  encode: (request) => {
    const { message } = request
    const bytes = message?.$case === 'chunk' && encodeChunk(message.value)
    return bytes ? { finish: () => uncopied(bytes) } : WriteRequest.encode(request)
  },
  decode: (input) => {
    const value = decodeChunk(input instanceof RequestReader ? input.encoded : input)
    return value ? { message: { $case: 'chunk', value } } : WriteRequest.decode(input)
  },
  fromPartial: (partial) => WriteRequest.fromPartial(partial),
}

export const readResponseCodec: Codec<ReadResponse, Parameters<typeof ReadResponse.fromPartial>[0]> = {
  encode: (response) => {
    const { message } = response
    const bytes = message?.$case === 'chunk' && encodeChunk(message.value)
    return bytes ? { finish: () => uncopied(bytes) } : ReadResponse.encode(response)
  },
  decode: (bytes) => {
    const chunk = decodeChunk(bytes)
    // A sum is no field of this message: whoever sent one knows more than this program does.
    if (!chunk || chunk.crc32 !== 0) return ReadResponse.decode(bytes)
    const { offset, data } = chunk
    return { message: { $case: 'chunk', value: { offset, data } } }
  },
  fromPartial: (partial) => ReadResponse.fromPartial(partial),
}

/** nice-grpc gives what is encoded to `Buffer.from`, which copies bytes but not an ArrayBuffer. */
function uncopied(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  return bytes.buffer as unknown as Uint8Array
}

/** Receives uploads. Write's messages are encoded and decoded without needless copies. */
export const UploadDataDefinition = {
  ...GeneratedUploadData,
  methods: {
    ...GeneratedUploadData.methods,
    write: { ...GeneratedUploadData.methods.write, requestType: writeRequestCodec },
  },
} as const

/** Gives out bytes of versions. Read's messages are encoded and decoded without needless copies. */
export const VersionDataDefinition = {
  ...GeneratedVersionData,
  methods: {
    ...GeneratedVersionData.methods,
    read: { ...GeneratedVersionData.methods.read, responseType: readResponseCodec },
  },
} as const
