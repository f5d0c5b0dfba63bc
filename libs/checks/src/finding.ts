import type { CheckName, Finding, FindingVerdict } from '@goldkeep/domain'

/** Expected and found as the finding shows them, and the file that it is about. */
export interface FindingDetails {
  readonly path?: string
  readonly expected?: string
  readonly found?: string
}

export function finding(
  check: CheckName,
  verdict: FindingVerdict,
  message: string,
  details: FindingDetails = {},
): Finding {
  return { check, verdict, message, ...details }
}

/** More findings of one check than this are counted, not listed. */
const maxPerCheck = 200
const weight: Readonly<Record<FindingVerdict, number>> = { FAIL: 0, ERROR: 1, WARN: 2, PASS: 3, SKIP: 4 }

/** The findings of one check within bounds, the gravest kept; a hostile file list stays readable. */
export function withinBounds(check: CheckName, findings: readonly Finding[]): Finding[] {
  if (findings.length <= maxPerCheck) return [...findings]
  const gravest = findings.toSorted((a, b) => weight[a.verdict] - weight[b.verdict])
  const left = gravest.slice(maxPerCheck)
  const worst = left[0]?.verdict ?? 'PASS'
  const rest = finding(check, worst, `And ${left.length} more findings of this check.`)
  return [...gravest.slice(0, maxPerCheck), rest]
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `41,232 MiB`. */
export const mebibytesText = (mebibytes: number): string => `${whole.format(mebibytes)} MiB`

/** `1 file`, `1,204 files`. */
export const counted = (count: number | bigint, thing: string): string =>
  `${whole.format(count)} ${thing}${Number(count) === 1 ? '' : 's'}`

/** `1,024 bytes`. */
export const bytesText = (bytes: number | bigint): string => counted(bytes, 'byte')

/** What an error says, in one line of bounded length. */
export function lastWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\s+/g, ' ').trim().slice(0, 300)
}
