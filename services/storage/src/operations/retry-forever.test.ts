import { DomainError } from '@goldkeep/domain'
import { describe, expect, test } from '@jest/globals'
import { retryForever } from './retry-forever.js'

/** Tries until `failures` are used up; gives back the pauses in between and what was logged. */
async function tryThrough(failures: readonly Error[]) {
  const pauses: number[] = []
  const logged: string[] = []
  const left = [...failures]
  const note = (level: string) => () => void logged.push(level)
  await retryForever(
    async () => {
      const failure = left.shift()
      if (failure) throw failure
    },
    {
      doing: 'recording a seal',
      log: { warn: note('warn'), error: note('error'), debug: note('debug') } as never,
      signal: new AbortController().signal,
      pause: async (ms) => pauses.push(ms),
    },
  )
  return { pauses, logged }
}

const times = (count: number, error: Error): Error[] => Array.from({ length: count }, () => error)
const away = new DomainError('UNAVAILABLE', 'away')
const fault = new DomainError('INTERNAL', 'unexpected fault')

describe('what the catalog was not told is tried again', () => {
  test('at least every half minute while the catalog is away', async () => {
    const { pauses } = await tryThrough(times(100, away))
    expect(pauses).toHaveLength(100)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(22_500)
  })

  test('soon after a fault, and every few minutes when it lasts, which is logged once', async () => {
    const { pauses, logged } = await tryThrough(times(100, fault))
    expect(pauses[0]).toBeLessThanOrEqual(300)
    for (const pause of pauses.slice(12)) expect(pause).toBeGreaterThanOrEqual(150_000)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(450_000)
    expect(logged.filter((level) => level !== 'debug')).toEqual(['error'])
  })

  test('soon again when the catalog is away after it has failed', async () => {
    const { pauses } = await tryThrough([...times(20, fault), away])
    expect(pauses.at(-1)).toBeLessThanOrEqual(22_500)
  })
})
