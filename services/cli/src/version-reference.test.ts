import { expect, test } from '@jest/globals'
import { formatReference } from './version-reference.js'

test('within an image a number or a word is enough', () => {
  expect(formatReference('13', 'win11-lab')).toBe('win11-lab@13')
  expect(formatReference('@13', 'win11-lab')).toBe('win11-lab@13')
  expect(formatReference('@latest', 'win11-lab')).toBe('win11-lab@latest')
  expect(formatReference('primary', 'win11-lab')).toBe('win11-lab@primary')
})

test('ids, their prefixes and whole references are left to the catalog', () => {
  expect(formatReference('win11-lab@13')).toBe('win11-lab@13')
  expect(formatReference('20261122T181502Z-4k7q')).toBe('20261122T181502Z-4k7q')
  expect(formatReference('20261122T18', 'win11-lab')).toBe('20261122T18')
})

test('a number alone names no version', () => {
  expect(() => formatReference('13')).toThrow('such as win11-lab@13')
})
