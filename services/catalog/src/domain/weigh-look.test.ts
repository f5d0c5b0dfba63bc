import { describe, expect, test } from '@jest/globals'
import { weighLook, type KnownLocation } from './weigh-look.js'

const manifestDigest = 'a'.repeat(64)
const sealed = { versionId: '20261122T181502Z-4k7q', imageId: 'lab', manifestDigest }
const known = (more: Partial<KnownLocation> = {}): KnownLocation => ({
  presence: 'PRESENT',
  found: '',
  fingerprint: 'before',
  ...more,
})
const head = { imageId: 'lab', manifestDigest, fingerprint: 'before' }
const whole = { ...head, presence: 'PRESENT', found: '' } as const
const cut = { ...head, presence: 'DAMAGED', found: 'cut' } as const
const weighed = (before: KnownLocation, look: Parameters<typeof weighLook>[1]) => {
  const { presence, isDoubted, isUnreadable } = weighLook(before, look, sealed)
  return { presence, isDoubted, isUnreadable }
}
const readable = { isUnreadable: false }

describe('a look at a version', () => {
  test('that finds all as before changes nothing', () => {
    expect(weighLook(known(), whole, sealed)).toEqual({ ...known(), ...readable, isDoubted: false })
  })

  test('that finds no directory makes it MISSING, and one that is back as it was needs no comparison', () => {
    const missing = weighLook(known(), { ...cut, presence: 'MISSING', found: 'nothing' }, sealed)
    expect(missing).toMatchObject({ presence: 'MISSING', found: 'nothing', isDoubted: false })
    expect(weighed(missing, whole)).toEqual({ ...readable, presence: 'PRESENT', isDoubted: false })
  })

  test('that finds other files than the last has the digests compared, and leaves the presence to them', () => {
    const changed = { ...whole, fingerprint: 'after' }
    expect(weighed(known(), changed)).toEqual({ ...readable, presence: 'PRESENT', isDoubted: true })
    expect(weighed(known({ presence: 'DAMAGED' }), changed)).toEqual({
      ...readable,
      presence: 'DAMAGED',
      isDoubted: true,
    })
    expect(weighed(known({ presence: 'DAMAGED' }), whole).isDoubted).toBe(false)
  })

  test('that is the first of a present version takes it as it is', () => {
    expect(weighed(known({ fingerprint: '' }), whole)).toEqual({
      ...readable,
      presence: 'PRESENT',
      isDoubted: false,
    })
  })

  test('that finds a fault makes it DAMAGED, and has it examined once for each fault', () => {
    const damaged = weighLook(known(), cut, sealed)
    expect(damaged).toMatchObject({ presence: 'DAMAGED', found: 'cut', isDoubted: true })
    expect(weighed(damaged, cut)).toEqual({ ...readable, presence: 'DAMAGED', isDoubted: false })
    expect(weighed(damaged, whole)).toEqual({ ...readable, presence: 'DAMAGED', isDoubted: true })
  })

  test('that finds another manifest makes it DAMAGED', () => {
    const other = { ...whole, manifestDigest: 'b'.repeat(64) }
    expect(weighed(known(), other)).toEqual({ ...readable, presence: 'DAMAGED', isDoubted: true })
  })

  test('that finds it in another image’s directory makes it DAMAGED', () => {
    expect(weighLook(known(), { ...whole, imageId: 'zoo' }, sealed)).toMatchObject({
      presence: 'DAMAGED',
      found: `expected images/lab/versions/${sealed.versionId}, found images/zoo/versions/${sealed.versionId}: move it back`,
      isDoubted: true,
    })
  })

  test('that could not read keeps what was known', () => {
    expect(weighLook(known(), { ...cut, presence: 'UNREADABLE' }, sealed)).toEqual({
      ...known(),
      isUnreadable: true,
      isDoubted: false,
    })
  })
})
