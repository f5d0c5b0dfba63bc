import { describe, expect, test } from '@jest/globals'
import { lifecycles, lifecycleTransitions, stateWord, bestPresence } from './index.js'

describe('the word that people see', () => {
  const sealed = { lifecycle: 'SEALED', presence: 'PRESENT', verdict: 'VALID' } as const

  test('is the verdict of a version that is sealed and present', () => {
    expect(stateWord(sealed)).toBe('VALID')
  })
  test('is the presence when that is not PRESENT', () => {
    expect(stateWord({ ...sealed, presence: 'DAMAGED' })).toBe('DAMAGED')
  })
  test('is the lifecycle when that is not SEALED', () => {
    expect(stateWord({ ...sealed, presence: 'MISSING', lifecycle: 'TRASHED' })).toBe('TRASHED')
  })
})

describe('the best presence', () => {
  test('of several locations is that of the version', () => {
    expect(bestPresence(['MISSING', 'PRESENT', 'DAMAGED'])).toBe('PRESENT')
    expect(bestPresence(['MISSING', 'DAMAGED', 'UNREADABLE'])).toBe('UNREADABLE')
    expect(bestPresence(['MISSING', 'DAMAGED'])).toBe('DAMAGED')
    expect(bestPresence(['MISSING'])).toBe('MISSING')
  })
  test('of none is MISSING', () => {
    expect(bestPresence([])).toBe('MISSING')
  })
})

test('an upload that storage sealed is sealed, whatever was wished meanwhile', () => {
  const toSealed = lifecycles.filter((from) =>
    (lifecycleTransitions[from] as readonly string[]).includes('SEALED'),
  )
  expect(toSealed).toEqual(['UPLOADING', 'ABORTED', 'EXPIRED', 'TRASHED', 'PURGED'])
})
