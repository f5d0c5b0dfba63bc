import { describe, expect, test } from '@jest/globals'
import { decodeFrames, encodeFrame } from './journal-frames.js'

const records = [{ t: 'opened', upload: 'one' }, { t: 'attempt', path: 'hd0/table' }, { t: 'sealed' }]
const frames = records.map(encodeFrame)
const whole = Buffer.concat(frames)
const ends = frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length)

describe('a journal', () => {
  test('gives back what was written', () => {
    expect(decodeFrames(whole)).toEqual({ records, goodBytes: whole.length })
  })

  test('cut at any byte gives the records that are whole', () => {
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const count = ends.filter((end) => end <= cut).length
      const expected = { records: records.slice(0, count), goodBytes: ends[count - 1] ?? 0 }
      expect(decodeFrames(whole.subarray(0, cut))).toEqual(expected)
    }
  })

  test('with any byte changed gives the records before it', () => {
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0x41
      const before = ends.filter((end) => end <= at).length
      expect(decodeFrames(damaged).records).toEqual(records.slice(0, before))
    }
  })

  test('followed by zeros or noise ends where they begin', () => {
    for (const tail of [Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.from('noise')])
      expect(decodeFrames(Buffer.concat([whole, tail])).goodBytes).toBe(whole.length)
  })
})
