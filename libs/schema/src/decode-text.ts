import { positionText } from './text-position.js'

/** A text that is not UTF-8: what it is instead, and where it shows. */
export interface EncodingFault {
  readonly found: string
}

const marks: readonly (readonly [readonly number[], string])[] = [
  [[0xff, 0xfe], 'UTF-16 (little-endian, by its byte order mark)'],
  [[0xfe, 0xff], 'UTF-16 (big-endian, by its byte order mark)'],
  [[0x1f, 0x8b], 'gzip data'],
]

/** Three bytes that some editors write before UTF-8; they are passed over. */
const utf8Mark = [0xef, 0xbb, 0xbf]

export const hasUtf8Mark = (bytes: Uint8Array): boolean => startsWith(bytes, utf8Mark)

/** The text of UTF-8 bytes, or the name of the encoding that they are in. */
export function decodeUtf8(bytes: Uint8Array): string | EncodingFault {
  const marked = marks.find(([mark]) => startsWith(bytes, mark))
  if (marked) return { found: marked[1] }
  const twoBytes = describeUnmarkedUtf16(bytes)
  if (twoBytes) return { found: twoBytes }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { found: describeForeignByte(bytes) }
  }
}

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, index) => bytes[index] === byte)

/** JSON begins with two letters of ASCII, so that the zeros show the encoding (RFC 4627, section 3). */
function describeUnmarkedUtf16(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes
  if (first && second === 0 && third && fourth === 0)
    return 'UTF-16 (little-endian, without a byte order mark)'
  if (first === 0 && second && third === 0 && fourth) return 'UTF-16 (big-endian, without a byte order mark)'
  return undefined
}

function describeForeignByte(bytes: Uint8Array): string {
  const before = textBefore(bytes)
  const at = Buffer.byteLength(before)
  const byte = bytes[at] ?? 0
  const place = positionText(before, before.length)
  const hex = byte.toString(16).toUpperCase().padStart(2, '0')
  return `the byte 0x${hex} at ${place}, which is not UTF-8; in Windows-1252 it is ${JSON.stringify(windows1252(byte))}`
}

const windows1252 = (byte: number): string => new TextDecoder('windows-1252').decode(Uint8Array.of(byte))

/** The letters before the first that is not UTF-8; halves the range in which it is. */
function textBefore(bytes: Uint8Array): string {
  let good = 0
  let bad = bytes.length + 1
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (lettersOf(bytes.subarray(0, middle)) === undefined) bad = middle
    else good = middle
  }
  return lettersOf(bytes.subarray(0, good)) ?? ''
}

/** The whole letters of a beginning of UTF-8 text; undefined for other bytes. */
function lettersOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}
