import { ImageFault } from './image-fault.js'

/**
 * The security header of a full flash update (Microsoft's "FFU image format"): behind it come the catalog, the
 * table of hashes, padding up to a whole chunk, and then chunks, of each of which the table has the SHA-256.
 */
export interface FfuHeader {
  readonly chunkBytes: number
  readonly catalogBytes: number
  readonly hashTableBytes: number
}

export const ffuHeaderBytes = 32
export const hashBytes = 32
const signature = 'SignedImage '
const sha256 = 0x800c
const maxChunkBytes = 64 * 1024 * 1024
/** 1 TiB in chunks of 128 KiB has a table of 256 MiB. */
const maxTableBytes = 256 * 1024 * 1024

const broken = (expected: string, found: string): ImageFault =>
  new ImageFault('The header of the FFU is broken.', expected, found)

/** @throws ImageFault when the first 32 bytes are no such header */
export function parseFfuHeader(bytes: Buffer): FfuHeader {
  const found = bytes.toString('latin1', 4, 16)
  if (found !== signature) throw broken(`"${signature}"`, JSON.stringify(found))
  if (bytes.readUInt32LE(0) !== ffuHeaderBytes)
    throw broken(`a header of ${ffuHeaderBytes} bytes`, `${bytes.readUInt32LE(0)} bytes`)
  if (bytes.readUInt32LE(20) !== sha256)
    throw broken('hashes of SHA-256', `algorithm ${bytes.readUInt32LE(20).toString(16)}`)
  const chunkBytes = bytes.readUInt32LE(16) * 1024
  if (chunkBytes === 0 || chunkBytes > maxChunkBytes) throw broken('a size of chunks', `${chunkBytes} bytes`)
  const hashTableBytes = bytes.readUInt32LE(28)
  if (hashTableBytes === 0 || hashTableBytes % hashBytes !== 0 || hashTableBytes > maxTableBytes)
    throw broken('a table of hashes', `${hashTableBytes} bytes`)
  return { chunkBytes, catalogBytes: bytes.readUInt32LE(24), hashTableBytes }
}

/** Returns the offset of the first chunk. */
export function ffuChunksAt({ chunkBytes, catalogBytes, hashTableBytes }: FfuHeader): number {
  return Math.ceil((ffuHeaderBytes + catalogBytes + hashTableBytes) / chunkBytes) * chunkBytes
}

/** @throws ImageFault when the file has not as many chunks as hashes */
export function requireFfuSize(header: FfuHeader, fileBytes: number): void {
  const { chunkBytes, hashTableBytes } = header
  const expected = hashTableBytes / hashBytes
  const found = Math.ceil((fileBytes - ffuChunksAt(header)) / chunkBytes)
  if (expected === found) return
  const message =
    found < expected
      ? 'The FFU is cut short.'
      : 'The FFU has more chunks than hashes: its end is not covered.'
  throw new ImageFault(message, `${expected} chunks of ${chunkBytes} bytes`, `${Math.max(0, found)} chunks`)
}
