import { fold, widestWord, widthOf } from './fold.js'
import { onOneLine } from './printable.js'

const gap = 2
/** Less than this makes a column of single words. */
const narrowestFold = 24

export interface TableShape {
  readonly head: readonly string[]
  /** What is said instead of an empty table. */
  readonly nothing: string
  /** Titles of the columns that can be spared on a narrow terminal, the first to go first. */
  readonly spare?: readonly string[]
}

/**
 * Columns without lines. On a terminal they fit its width: the last column is folded between words, then columns
 * that can be spared are left out; what still does not fit is shown as fields, one below the other.
 * @param width of the terminal; without one, rows stay whole
 */
export function formatTable(
  { head, nothing, spare = [] }: TableShape,
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  if (rows.length === 0) return nothing
  const cells = rows.map((row) => row.map(onOneLine))
  if (width === undefined) return drawTable(head, cells)
  for (let spared = 0; spared <= spare.length; spared += 1) {
    const gone = spare.slice(0, spared)
    const kept = head.flatMap((title, index) => (gone.includes(title) ? [] : [index]))
    const pick = (row: readonly string[]): string[] => kept.map((index) => row[index] ?? '')
    const fitting = fitLast([pick(head), ...cells.map(pick)], width)
    if (fitting) return drawTable(fitting[0] ?? [], fitting.slice(1))
  }
  const records = cells.map((row) =>
    formatFields(
      head.map((title, index) => [title, row[index] ?? '']),
      width,
    ),
  )
  return records.join('\n\n')
}

/** The rows with the last column folded as far as the width asks for it; nothing when it cannot be. */
function fitLast(rows: readonly (readonly string[])[], width: number): string[][] | undefined {
  const last = (rows[0]?.length ?? 1) - 1
  const widths = Array.from({ length: last + 1 }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ''))),
  )
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + gap, 0)
  const room = width - before
  if ((widths[last] ?? 0) <= room) return rows.map((row) => [...row])
  const narrowest = Math.max(narrowestFold, ...rows.map((row) => widestWord(row[last] ?? '')))
  if (room < narrowest) return undefined
  return rows.map((row) => [...row.slice(0, last), fold(row[last] ?? '', room).join('\n')])
}

function drawTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head.map((title) => title.toUpperCase()), ...rows].map((row) =>
    row.map((cell) => cell.split('\n')),
  )
  const widths = head.map((_, index) =>
    Math.max(...all.map((row) => Math.max(...(row[index] ?? []).map(widthOf)))),
  )
  return all.flatMap((row) => drawRow(row, widths)).join('\n')
}

/** @param row the lines of each cell */
function drawRow(row: readonly (readonly string[])[], widths: readonly number[]): string[] {
  return Array.from({ length: Math.max(...row.map((lines) => lines.length)) }, (_, line) =>
    row
      .map((lines, index) => padTo(lines[line] ?? '', (widths[index] ?? 0) + gap))
      .join('')
      .trimEnd(),
  )
}

const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** One thing's fields, one below the other; empty ones are left out. */
export function formatFields(
  fields: readonly (readonly [name: string, value: string])[],
  width?: number,
): string {
  const shown = fields.filter(([, value]) => value !== '' && value !== '-')
  const names = Math.max(...shown.map(([name]) => name.length)) + gap
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - names
  return shown
    .map(([name, value]) => {
      const lines = value.split('\n').flatMap((line) => fold(line, room))
      return `${name.padEnd(names)}${lines.join(`\n${' '.repeat(names)}`)}`.trimEnd()
    })
    .join('\n')
}
