import Table from 'cli-table3'

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Columns without lines; `nothing` is what is said instead of an empty table. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): string {
  if (rows.length === 0) return nothing
  const table = new Table({
    chars: bare,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push([...head.map((title) => title.toUpperCase())], ...rows.map((row) => row.map(onOneLine)))
  return trimLines(table.toString())
}

/** One thing's fields, one below the other; empty ones are left out. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const shown = fields.filter(([, value]) => value !== '' && value !== '-')
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function onOneLine(text: string): string {
  // Control characters of a note or of a producer's last words would act on the terminal.
  return text.replace(/\s*\n\s*/g, ' / ').replace(/\p{Cc}/gu, '')
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
