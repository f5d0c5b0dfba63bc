import { createHash } from 'node:crypto'
import { ffuChunksAt, ffuHeaderBytes, hashBytes, parseFfuHeader, requireFfuSize } from './ffu-header.js'
import { ImageFault } from './image-fault.js'
import type { Steps } from './stream-parser.js'

const imageSignature = 'ImageFlash'

/**
 * Counts the hash of each chunk of an FFU. Keeps its table of hashes, 32 bytes for each chunk.
 * @param fileBytes the size of the whole file
 */
export function* readFfu(fileBytes: number): Steps {
  const header = parseFfuHeader(yield { take: ffuHeaderBytes })
  requireFfuSize(header, fileBytes)
  const { chunkBytes, catalogBytes, hashTableBytes } = header
  yield { pass: catalogBytes, use: () => {} }
  const table = yield { take: hashTableBytes }
  const chunksAt = ffuChunksAt(header)
  yield { pass: chunksAt - ffuHeaderBytes - catalogBytes - hashTableBytes, use: () => {} }
  const chunks = hashTableBytes / hashBytes
  for (let index = 0; index < chunks; index += 1) {
    const bytes = Math.min(chunkBytes, fileBytes - chunksAt - index * chunkBytes)
    const hash = createHash('sha256')
    let start = Buffer.alloc(0)
    const use = (piece: Buffer): void => {
      hash.update(piece)
      if (start.length < signatureEnd) start = Buffer.concat([start, piece.subarray(0, signatureEnd)])
    }
    yield { pass: bytes, use }
    requireHash(index, chunks, table.subarray(index * hashBytes, (index + 1) * hashBytes), hash.digest())
    if (index === 0) requireImageHeader(start)
  }
}

/** The signature follows a number of 4 bytes. */
const signatureEnd = 4 + imageSignature.length

function requireImageHeader(start: Buffer): void {
  const found = start.toString('latin1', 4, signatureEnd)
  if (found === imageSignature) return
  const message = 'The first chunk of the FFU does not begin with its image header.'
  throw new ImageFault(message, imageSignature, JSON.stringify(found))
}

function requireHash(index: number, chunks: number, expected: Buffer, found: Buffer): void {
  if (expected.equals(found)) return
  const message = `The hash of chunk ${index + 1} of ${chunks} of the FFU is wrong.`
  throw new ImageFault(message, `sha256 ${expected.toString('hex')}`, `sha256 ${found.toString('hex')}`)
}
