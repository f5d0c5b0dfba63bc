import { describe, expect, test } from '@jest/globals'
import { assertPromotable, type PromotionCandidate } from './promotion.js'

const good: PromotionCandidate = {
  versionId: '20261122T181502Z-4k7q',
  number: 1,
  lifecycle: 'SEALED',
  presence: 'PRESENT',
  verdict: 'VALID',
  mark: null,
  pendingCommand: null,
}
const plain = { force: false, reason: '' }
const forced = { force: true, reason: 'the check is wrong about this driver' }

describe('what may become primary', () => {
  test('a version that is sealed, present and valid', () => {
    expect(() => assertPromotable(good, plain)).not.toThrow()
  })

  test.each([
    [{ verdict: 'PENDING' }, 'VERSION_NOT_VALID'],
    [{ verdict: 'INVALID' }, 'VERSION_NOT_VALID'],
    [{ mark: 'BAD' }, 'VERSION_MARKED_BAD'],
    [{ presence: 'DAMAGED' }, 'VERSION_DAMAGED'],
    [{ presence: 'UNREADABLE' }, 'VERSION_UNREADABLE'],
  ] as const)('%j only by force and with a reason', (change, reason) => {
    const version = { ...good, ...change }
    expect(() => assertPromotable(version, plain)).toThrow(expect.objectContaining({ reason }))
    expect(() => assertPromotable(version, forced)).not.toThrow()
    expect(() => assertPromotable(version, { force: true, reason: ' ' })).toThrow(
      expect.objectContaining({ reason: 'INVALID_FIELD' }),
    )
  })

  test.each([
    [{ presence: 'MISSING' }, 'VERSION_MISSING'],
    [{ pendingCommand: 'TRASH' }, 'VERSION_IN_USE'],
    [{ lifecycle: 'TRASHED' }, 'VERSION_NOT_SEALED'],
    [{ lifecycle: 'UPLOADING', presence: 'MISSING' }, 'VERSION_NOT_SEALED'],
  ] as const)('%j never', (change, reason) => {
    expect(() => assertPromotable({ ...good, ...change }, forced)).toThrow(
      expect.objectContaining({ reason }),
    )
  })
})
