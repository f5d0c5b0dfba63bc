import { expect, test } from '@jest/globals'
import { fold, widthOf } from './fold.js'
import { formatFields, formatTable } from './table.js'

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

test('a text is folded between words, and a word that is too wide stays whole', () => {
  expect(fold('the header is where it belongs', 13)).toEqual(['the header is', 'where it', 'belongs'])
  expect(fold('hd0/part1.winpe.wim is missing', 10)).toEqual(['hd0/part1.winpe.wim', 'is missing'])
  expect(fold('', 10)).toEqual([''])
})

test('letters of East Asia take two columns, and a line may end between them', () => {
  const lines = fold('教室のパソコンのイメージ for the lab', 12)
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(12)
  expect(lines.join('')).toContain('イメージ')
})

const head = ['version', 'id', 'size', 'note']
const shape = { head, nothing: 'none', spare: ['id'] }
const note = 'captured after the updates of November, with the drivers of the new laptops and 教室のソフト'
const rows = Array.from({ length: 300 }, (_, index) => [
  `win11-lab@${index + 1}`,
  '20261122T181502Z-4k7q9xyz',
  '4.2 GB',
  index % 2 === 0 ? note : '',
])

test.each([40, 60, 80, 100, 200])(
  'on a terminal of %i columns every row fits and no word is broken',
  (width) => {
    const table = formatTable(shape, rows, width)
    for (const line of table.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width)
    for (const word of words(note).filter((one) => /^[\w,]+$/.test(one))) expect(words(table)).toContain(word)
  },
)

test('a column that can be spared goes before rows become fields', () => {
  expect(formatTable(shape, rows, 100).split('\n', 1)[0]).toBe(
    'VERSION        ID                         SIZE    NOTE',
  )
  expect(formatTable(shape, rows, 60).split('\n', 1)[0]).toBe('VERSION        SIZE    NOTE')
  expect(formatTable(shape, rows.slice(0, 1), 40)).toMatch(/^version {2}win11-lab@1\nid {7}2026\S+\nsize /)
})

test('where there is no terminal each row is one line', () => {
  expect(formatTable(shape, rows, undefined).split('\n')).toHaveLength(301)
})

test('a value on several lines stays in its column', () => {
  expect(
    formatFields(
      [
        ['note', 'one\ntwo three four'],
        ['id', 'x'],
      ],
      14,
    ),
  ).toBe('note  one\n      two\n      three\n      four\nid    x')
})
