import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  isVersionId,
  isWindowsDevice,
  newVersionId,
  newVolumeId,
  parseImageId,
  parseVersionId,
  parseVolumeId,
} from './index.js'

describe('image ids', () => {
  test.each(['win11-lab', 'W', '7zip', 'a'.repeat(63), 'console'])('takes %s', (id) => {
    expect(parseImageId(id)).toBe(id)
  })

  test.each(['', '-a', '_a', 'a/b', '../x', 'a b', 'ä', 'a'.repeat(64), 'con', 'NUL', 'Com1', 'a.b', 'a\n'])(
    'refuses %j',
    (id) => {
      expect(() => parseImageId(id)).toThrow(expect.objectContaining({ reason: 'INVALID_FIELD' }))
    },
  )

  test('whatever is taken is one safe path component', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseImageId(text)
        } catch {
          return true
        }
        return !/[/\\.\0\s:]/.test(text) && !isWindowsDevice(text)
      }),
    )
  })
})

describe('version ids', () => {
  test('a new one says its second, and is never made twice', () => {
    const now = new Date('2026-11-22T18:15:02.999Z')
    const many = Array.from({ length: 2000 }, () => newVersionId(now))
    expect(many[0]).toMatch(/^20261122T181502Z-[0-9a-z]{8}$/)
    expect(new Set(many).size).toBe(many.length)
    expect(many.every(isVersionId)).toBe(true)
  })

  test.each([
    '',
    '13',
    '20261122T181502Z',
    '20261122T181502Z-..',
    '../20261122T181502Z-4k7q',
    '20261122T181502Z-4K7Q',
    '20261122T181502Z-4k7q/..',
    '20261122T181502Z-4k7q - Copy',
    '20261122T181502Z-4k7q\n',
  ])('refuses %j', (id) => {
    expect(() => parseVersionId(id)).toThrow(expect.objectContaining({ reason: 'INVALID_FIELD' }))
  })
})

test('an id of one kind is not taken for another', () => {
  expect(parseVolumeId(newVolumeId())).toMatch(/^vol-/)
  expect(() => parseVolumeId('dep-0123456789abcdef')).toThrow(/volume_id/)
})
