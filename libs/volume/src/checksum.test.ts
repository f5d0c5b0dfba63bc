import { describe, expect, test } from '@jest/globals'
import {
  checksumFault,
  formatImageDocument,
  formatVolumeIdentity,
  parseImageDocument,
  parseVolumeIdentity,
  withChecksum,
} from './index.js'

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

const identity = { format: 1, house: 'hse-0123456789abcdef', volume: 'vol-0123456789abcdef' }
const { house } = identity
const image = {
  ...{ format: 1, house, image: 'win11-lab', uid: 'uid-0123456789abcdefghij', epoch: 1, generation: 7 },
  ...{ primary: '20261122T181502Z-4k7q', labels: { '10': 'ten', a: 'b' }, later: { field: 'ü' } },
}

/** What is read from the document after each flip of one bit; `undefined` where it is refused. */
function* afterEachFlip(document: Uint8Array, parse: (damaged: Uint8Array) => object) {
  for (let bit = 0; bit < document.length * 8; bit += 1) {
    const damaged = Buffer.from(document)
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    let found: object | undefined
    try {
      found = parse(damaged)
    } catch {
      found = undefined
    }
    yield { bit, found }
  }
}

describe('a document with a flipped bit', () => {
  test.each([
    [
      'volume.json',
      identity,
      () => formatVolumeIdentity(parseVolumeIdentity(bytes(identity))),
      parseVolumeIdentity,
    ],
    ['image.json', image, () => formatImageDocument(parseImageDocument(bytes(image))), parseImageDocument],
  ])('is refused, or says the same: %s', (_, said, format, parse) => {
    const document = format()
    expect(parse(document)).toMatchObject(said)
    let refused = 0
    for (const { bit, found } of afterEachFlip(document, parse))
      if (found) expect({ bit, ...found }).toMatchObject(said)
      else refused += 1
    expect(refused).toBeGreaterThan(document.length * 6)
  })

  test('names both checksums', () => {
    const text = Buffer.from(formatVolumeIdentity(parseVolumeIdentity(bytes(identity)))).toString()
    expect(() => parseVolumeIdentity(Buffer.from(text.replace('vol-0', 'vol-1')))).toThrow(
      /volume\.json: expected fields whose crc32 is "[0-9a-f]{8}", found [0-9a-f]{8}; it is damaged/,
    )
  })
})

test('a document that was written by hand needs no checksum', () => {
  expect(parseVolumeIdentity(bytes(identity))).toMatchObject(identity)
})

test('a document that is written again has the checksum of what it says now', () => {
  const again = withChecksum({ ...withChecksum({ a: 1 }), b: 2 })
  expect(checksumFault(JSON.parse(JSON.stringify(again)) as object)).toBeUndefined()
  expect(again.crc32).not.toBe(withChecksum({ a: 1 }).crc32)
})
