import { describe, expect, test } from '@jest/globals'
import { Places } from './places.js'

const { signal } = new AbortController()
const limits = { atOnce: 2, waiting: 3 }

describe('the places of a caller', () => {
  test('are given in the order of arrival, so many at once', async () => {
    const places = new Places()
    const order: number[] = []
    const leave = [await places.take('a', limits, signal), await places.take('a', limits, signal)]
    const waiting = [1, 2, 3].map(async (number) => {
      const left = await places.take('a', limits, signal)
      order.push(number)
      left()
    })
    expect(places.count('a')).toEqual({ running: 2, waiting: 3 })
    leave[0]?.()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    expect(places.count('a')).toEqual({ running: 1, waiting: 0 })
  })

  test('and its line have an end, which others do not notice', async () => {
    const places = new Places()
    const taken = Array.from({ length: 5 }, () => places.take('a', limits, signal))
    await expect(places.take('a', limits, signal)).rejects.toMatchObject({
      reason: 'LIMIT_EXCEEDED',
      metadata: { caller: 'a', limit: '5' },
    })
    await places.take('b', limits, signal)
    expect(taken).toHaveLength(5)
  })

  test('are not waited for any more by a call that has ended', async () => {
    const places = new Places()
    const leave = [await places.take('a', limits, signal), await places.take('a', limits, signal)]
    const call = new AbortController()
    const gone = places.take('a', limits, call.signal)
    const stays = places.take('a', limits, signal)
    call.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    expect(places.count('a')).toEqual({ running: 2, waiting: 1 })
    leave[0]?.()
    ;(await stays)()
    leave[1]?.()
    expect(places.callers).toBe(0)
  })

  test('of a caller without calls are forgotten', async () => {
    const places = new Places()
    for (let caller = 0; caller < 1_000; caller += 1)
      (await places.take(`caller ${caller}`, limits, signal))()
    expect(places.callers).toBe(0)
  })
})
