import { describe, expect, test } from '@jest/globals'
import type { Finding, FindingVerdict } from '@goldkeep/domain'
import { presenceByDigests } from './presence-by-digests.js'

const digests = (...verdicts: FindingVerdict[]): Finding[] =>
  verdicts.map((verdict) => ({ check: 'digests', verdict, message: 'looked at' }))

describe('what the digests say of the bytes', () => {
  test('is that they are present when every one is right', () => {
    expect(presenceByDigests(digests('PASS', 'PASS'))).toBe('PRESENT')
  })

  test('is that they are damaged when one is wrong, whatever the others are', () => {
    expect(presenceByDigests(digests('PASS', 'FAIL', 'ERROR'))).toBe('DAMAGED')
  })

  test.each([[[]], [['ERROR']], [['PASS', 'ERROR']], [['PASS', 'SKIP']]] as FindingVerdict[][][])(
    'is nothing after %j',
    (verdicts) => {
      expect(presenceByDigests(digests(...verdicts))).toBeUndefined()
    },
  )

  test('is nothing when only other checks were made', () => {
    expect(presenceByDigests([{ check: 'sizes', verdict: 'FAIL', message: 'empty' }])).toBeUndefined()
  })
})
