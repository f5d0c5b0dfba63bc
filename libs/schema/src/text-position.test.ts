import { expect, test } from '@jest/globals'
import { positionsIn, positionText } from './text-position.js'

test('a position has a line, and a column that counts letters of two units once', () => {
  const text = 'a😀b\nc'
  expect(positionText(text, 0)).toBe('line 1, column 1')
  expect(positionText(text, text.indexOf('b'))).toBe('line 1, column 3')
  expect(positionText(text, text.indexOf('c'))).toBe('line 2, column 1')
})

test('many positions of one text are found in one pass over it', () => {
  const text = 'x'.repeat(999) + '\n' + 'y'.repeat(1_000)
  let looks = 0
  const counted = { charCodeAt: (at: number) => ((looks += 1), text.charCodeAt(at)) } as unknown as string
  const positionOf = positionsIn(counted)
  for (let at = 0; at < text.length; at += 20) positionOf(at)
  expect(positionOf(text.length)).toBe('line 2, column 1001')
  expect(looks).toBe(text.length)
})
