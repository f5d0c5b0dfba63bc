import { ImageFault } from './image-fault.js'

const leastMatch = 4
const offsetBytes = 2
/** From here on one native copy is cheaper than a loop. */
const longCopy = 24

/** The place for decoded bytes: from `start` on, at most up to `limit`; matches reach back to `earliest`. */
export interface DecodeTarget {
  readonly bytes: Buffer
  readonly start: number
  readonly limit: number
  readonly earliest: number
}

const broken = (found: string): ImageFault =>
  new ImageFault('An lz4 block cannot be decompressed.', 'a sound lz4 block', found)

/**
 * Decompresses one lz4 block (the lz4 block format description) and returns where its bytes end.
 * @throws ImageFault when the block refers to bytes outside of it or of the target
 */
export function decodeLz4Block(source: Buffer, { bytes, start, limit, earliest }: DecodeTarget): number {
  const end = source.length
  let at = 0
  let to = start
  for (;;) {
    if (at >= end) throw broken('a block that ends with a match')
    const token = source[at++] as number
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        if (at >= end) throw broken('a length that the block cuts off')
        more = source[at++] as number
        literals += more
      }
    }
    if (at + literals > end) throw broken('literals that the block cuts off')
    if (to + literals > limit) throw broken('more bytes than a block may have')
    if (literals >= longCopy) source.copy(bytes, to, at, at + literals)
    else for (let i = 0; i < literals; i += 1) bytes[to + i] = source[at + i] as number
    at += literals
    to += literals
    if (at === end) return to
    if (at + offsetBytes > end) throw broken('an offset that the block cuts off')
    const offset = (source[at] as number) | ((source[at + 1] as number) << 8)
    at += offsetBytes
    if (offset === 0 || to - offset < earliest) throw broken('a match before the first byte')
    let length = (token & 15) + leastMatch
    if ((token & 15) === 15) {
      let more = 255
      while (more === 255) {
        if (at >= end) throw broken('a length that the block cuts off')
        more = source[at++] as number
        length += more
      }
    }
    if (to + length > limit) throw broken('more bytes than a block may have')
    copyMatch(bytes, to, offset, length)
    to += length
  }
}

/** A match may overlap with what it makes: then it repeats its beginning. */
function copyMatch(bytes: Buffer, to: number, offset: number, length: number): void {
  if (length < longCopy) {
    for (let i = 0; i < length; i += 1) bytes[to + i] = bytes[to - offset + i] as number
    return
  }
  let made = 0
  while (made < length) {
    const part = Math.min(offset + made, length - made)
    bytes.copyWithin(to + made, to - offset, to - offset + part)
    made += part
  }
}
