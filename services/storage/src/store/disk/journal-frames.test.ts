import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeFrames, encodeFrame } from './journal-frames.js'

const groups = [
  [{ t: 'opened', upload: 'one' }],
  [{ t: 'attempt', path: 'hd0/table' }, { t: 'committed' }],
  [{ t: 'finished', sha256: 'f'.repeat(900) }],
  [{ t: 'sealed' }],
]
const framesOf = (batches: readonly (readonly object[])[]): Uint8Array[] =>
  batches.map((records, number) =>
    encodeFrame(
      records.map((record) => JSON.stringify(record)),
      number,
    ),
  )
const frames = framesOf(groups)
const whole = Buffer.concat(frames)
const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length)
const lastBegin = ends.at(-2) ?? 0
const recordsOf = (count: number): object[] => groups.slice(0, count).flat()
const changed = (at: number, mask: number): Buffer => {
  const bytes = Buffer.from(whole)
  bytes[at] = (bytes[at] ?? 0) ^ mask
  return bytes
}

describe('a journal', () => {
  test('gives back what was written', () => {
    const expected = {
      records: groups.flat(),
      frameCount: 4,
      isClosed: false,
      goodBytes: whole.length,
      end: 'clean',
      later: [],
    }
    expect(decodeFrames(whole)).toEqual(expected)
  })

  test('cut at any byte within a frame has a torn tail, and gives the records of the whole frames', () => {
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const count = ends.filter((end) => end <= cut).length
      const goodBytes = ends[count - 1] ?? 0
      const end = goodBytes === cut ? 'clean' : 'torn'
      expect(decodeFrames(whole.subarray(0, cut))).toMatchObject({
        records: recordsOf(count),
        goodBytes,
        end,
      })
    }
  })

  test('with any bit flipped before its last frame is damaged, and gives what is whole', () => {
    for (let bit = 0; bit < lastBegin * 8; bit += 1) {
      const at = bit >> 3
      const count = ends.filter((end) => end <= at).length
      const decoded = decodeFrames(changed(at, 1 << (bit & 7)))
      expect({ bit, ...decoded }).toMatchObject({ bit, records: recordsOf(count), end: 'damaged' })
      expect(decoded.later).toEqual(groups.slice(count + 1).flat())
    }
  })

  test('with any bit of its last frame flipped has a torn tail: a crash may leave the same', () => {
    for (let bit = lastBegin * 8; bit < whole.length * 8; bit += 1)
      expect({ bit, ...decodeFrames(changed(bit >> 3, 1 << (bit & 7))) }).toMatchObject({
        bit,
        records: recordsOf(groups.length - 1),
        end: 'torn',
      })
  })

  test('with a hole of any size before its last frame is damaged', () => {
    for (let from = 0; from < lastBegin; from += 7)
      for (let to = from + 1; to <= lastBegin; to += 97)
        expect(decodeFrames(Buffer.from(whole).fill(0, from, to)).end).toBe(
          whole.subarray(from, to).every((byte) => byte === 0) ? 'clean' : 'damaged',
        )
  })

  test('whose last append lacks a sector, or all of them, has a torn tail', () => {
    const before = framesOf([...groups, [{ t: 'long', text: 'x'.repeat(3_000) }]])
    const bytes = Buffer.concat(before)
    const begin = whole.length
    for (let from = Math.ceil(begin / 512) * 512; from + 512 <= bytes.length; from += 512)
      expect(decodeFrames(Buffer.from(bytes).fill(0, from, from + 512))).toMatchObject({
        records: groups.flat(),
        end: 'torn',
      })
    expect(decodeFrames(Buffer.concat([whole, Buffer.alloc(4_096)]))).toMatchObject({ end: 'torn' })
  })

  test('loses no record of a frame that is followed by a whole one silently, whatever is changed in it', () => {
    const change = fc.record({
      at: fc.nat(lastBegin - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = Buffer.from(whole)
        for (const { at, bytes: other } of changes) bytes.set(other.subarray(0, lastBegin - at), at)
        const { records, end } = decodeFrames(bytes)
        expect(records).toEqual(groups.flat().slice(0, records.length))
        expect(end).toBe(bytes.equals(whole) ? 'clean' : 'damaged')
      }),
      { numRuns: 2_000 },
    )
  })
})
