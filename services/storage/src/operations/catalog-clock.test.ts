import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { CatalogClock } from './catalog-clock.js'

const hourMs = 3_600_000

describe("the catalog's clock", () => {
  afterEach(() => {
    jest.useRealTimers()
  })

  test('is followed from what the catalog said, and this machine may be set to any time', () => {
    jest.useFakeTimers({ now: new Date('2026-11-25T12:00:00Z') })
    const clock = new CatalogClock()
    const catalogTime = new Date('2026-11-25T15:00:00Z')
    clock.hear(catalogTime, performance.now())
    jest.setSystemTime(new Date('2020-01-01T00:00:00Z'))
    expect(clock.now().getTime()).toBe(catalogTime.getTime())
    jest.advanceTimersByTime(hourMs)
    expect(clock.now().getTime()).toBe(catalogTime.getTime() + hourMs)
  })

  test('is this machine’s until the catalog has answered', () => {
    jest.useFakeTimers({ now: new Date('2026-11-25T12:00:00Z') })
    expect(new CatalogClock().now()).toEqual(new Date('2026-11-25T12:00:00Z'))
  })
})
