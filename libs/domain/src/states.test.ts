import { describe, expect, test } from '@jest/globals'
import { lifecycles, lifecycleTransitions, stateWord, worstPresence } from './index.js'

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

describe('the worst presence', () => {
  test('of several locations is shown', () => {
    expect(worstPresence(['PRESENT', 'MISSING', 'DAMAGED'])).toBe('MISSING')
    expect(worstPresence(['PRESENT', 'DAMAGED'])).toBe('DAMAGED')
    expect(worstPresence(['PRESENT'])).toBe('PRESENT')
  })
  test('of none is MISSING', () => {
    expect(worstPresence([])).toBe('MISSING')
  })
})

test('an upload that storage sealed is sealed, whatever was wished meanwhile', () => {
  const toSealed = lifecycles.filter((from) =>
    (lifecycleTransitions[from] as readonly string[]).includes('SEALED'),
  )
  expect(toSealed).toEqual(['UPLOADING', 'ABORTED', 'EXPIRED', 'TRASHED', 'PURGED'])
})
