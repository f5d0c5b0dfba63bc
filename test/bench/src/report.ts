import { median, speedRatio, type Result } from './contest.js'

/** `1,234` */
const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')

/** A table of the median speed of each, and of how it compares with what the bars are measured by. */
export function speedTable(results: readonly Result[], bytes: number, references: readonly string[]): string {
  const found = references.flatMap((name) => results.find((result) => result.name === name) ?? [])
  const heads = ['what', 'MB/s', 'slowest to fastest', ...found.map(({ name }) => `× ${name}`)]
  const rows = results.map((result) => {
    const speeds = result.seconds.map((seconds) => bytes / 1e6 / seconds)
    return [
      result.name,
      grouped(median(speeds)),
      `${grouped(Math.min(...speeds))} to ${grouped(Math.max(...speeds))}`,
      ...found.map((reference) => speedRatio(result, reference).toFixed(2)),
    ]
  })
  return table(heads, rows)
}

/** A Markdown table. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}
