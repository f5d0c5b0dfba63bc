import { describe, expect, test } from '@jest/globals'
import { describeClock } from './clocks.js'

describe('a clock', () => {
  test.each([
    [31_000, '31 s ahead of'],
    [-119_000, '119 s behind'],
    [-600_000, '10 min behind'],
    [3 * 3_600_000, '3 h ahead of'],
    [-100 * 86_400_000, '100 days behind'],
  ])('that differs by %d ms is told', (aheadMs, expected) => {
    expect(describeClock('worker w', aheadMs)).toBe(
      `the clock of worker w is ${expected} the clock of the database; set the clock that is wrong`,
    )
  })

  test.each([30_000, -30_000, 0, null])('that differs by %s ms is not', (aheadMs) => {
    expect(describeClock('worker w', aheadMs)).toBeUndefined()
  })
})
