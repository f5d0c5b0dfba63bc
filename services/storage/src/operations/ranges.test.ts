import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addRange, type Range } from './ranges.js'

test('ranges hold each byte once, in order, whatever comes twice or overlaps', () => {
  const range = fc.record({ start: fc.nat(60), length: fc.integer({ min: 1, max: 20 }) })
  fc.assert(
    fc.property(fc.array(range), (added) => {
      const ranges: Range[] = []
      const bytes = new Set<number>()
      for (const { start, length } of [...added, ...added]) {
        addRange(ranges, { start, end: start + length })
        for (let byte = start; byte < start + length; byte += 1) bytes.add(byte)
      }
      const held = ranges.flatMap(({ start, end }) =>
        Array.from({ length: end - start }, (_, at) => start + at),
      )
      expect(held).toEqual([...bytes].sort((a, b) => a - b))
    }),
  )
})

test('a reader that leaves gaps everywhere costs bounded memory', () => {
  const ranges: Range[] = []
  for (let at = 0; at < 10_000; at += 1) addRange(ranges, { start: at * 2, end: at * 2 + 1 })
  expect(ranges).toHaveLength(256)
})
