import { expect, test } from '@jest/globals'
import { formatSize, formatTime } from './format.js'
import { formatTable } from './table.js'

const now = new Date('2026-11-22T18:00:00Z')

test('sizes and times are for people', () => {
  expect(formatSize('4200000000')).toBe('4.2 GB')
  expect(formatTime('2026-11-22T17:57:00Z', now)).toBe('3 min ago')
  expect(formatTime('2026-11-23T17:59:59Z', now)).toBe('in 24 h')
  expect(formatTime(undefined, now)).toBe('-')
})

test('a table has one line for a row, and nothing in it acts on the terminal', () => {
  const table = formatTable({ head: ['name', 'note'], nothing: '' }, [['a', 'one\ntwo\u001b[2J']], 80)
  expect(table).toBe('NAME  NOTE\na     one / two\ufffd[2J')
  expect(formatTable({ head: ['name'], nothing: 'nothing here' }, [], 80)).toBe('nothing here')
})
