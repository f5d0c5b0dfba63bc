import { describe, expect, it } from '@jest/globals'
import { cleanText, findUnwantedCharacter, utf8Length } from './clean-text.js'

describe('text from outside', () => {
  it('loses what PostgreSQL refuses and terminals obey', () => {
    expect(cleanText('a\u0000b\u001b[2Jc\u009bd\u202ee\u2028f\u2066g', 100)).toBe(
      'a\ufffdb\ufffd[2Jc\ufffdd\ufffde f\ufffdg',
    )
  })

  it('loses half characters, and keeps whole ones', () => {
    expect(cleanText('\ud800 \udc00 😀', 100)).toBe('\ufffd \ufffd 😀')
  })

  it('keeps its lines where it has several', () => {
    expect(cleanText('one\r\ntwo\tthree\rfour', 100, 'multi-line')).toBe('one\ntwo\tthree\nfour')
    expect(cleanText('one\r\ntwo\tthree', 100)).toBe('one two three')
  })

  it.each(['x', 'ä', '€', '😀', '\u0000', '\ud800'])('is cut at the limit and never within %j', (letter) => {
    for (let limit = 3; limit < 20; limit += 1) {
      const clean = cleanText(letter.repeat(50_000), limit, 'multi-line')
      expect(utf8Length(clean)).toBeLessThanOrEqual(limit)
      expect(utf8Length(clean)).toBeGreaterThan(limit - 4)
      expect(clean).toMatch(/^(x*|ä*|€*|(😀)*|\ufffd*)…$/u)
    }
  })

  it('stays as it is when it fits', () => {
    expect(cleanText('ä'.repeat(50), 100)).toBe('ä'.repeat(50))
  })
})

describe('text of people', () => {
  it('may have lines where it is prose', () => {
    expect(findUnwantedCharacter('one\ntwo\t😀', 'multi-line')).toBeUndefined()
    expect(findUnwantedCharacter('one\ntwo', 'one-line')).toBe('\n')
    expect(findUnwantedCharacter('a\u0000', 'multi-line')).toBe('\u0000')
  })
})
