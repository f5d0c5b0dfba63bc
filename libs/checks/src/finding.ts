import {
  cleanText,
  textLimits,
  utf8Length,
  type CheckName,
  type Finding,
  type FindingVerdict,
} from '@goldkeep/domain'

/** Expected and found as the finding shows them, and the file that it is about. */
export interface FindingDetails {
  readonly path?: string
  readonly expected?: string
  readonly found?: string
}

/** Bytes of one text of a finding; a file can put anything into them. */
const maxTextBytes = 1024

/** The only maker of findings: their texts come from files, and are cleaned and cut here. */
export function finding(
  check: CheckName,
  verdict: FindingVerdict,
  message: string,
  { path, expected, found }: FindingDetails = {},
): Finding {
  return {
    check,
    verdict,
    message: cleanText(message, maxTextBytes),
    ...(path !== undefined && { path: cleanText(path, textLimits.name) }),
    ...(expected !== undefined && { expected: cleanText(expected, maxTextBytes) }),
    ...(found !== undefined && { found: cleanText(found, maxTextBytes) }),
  }
}

/** More findings of one check than this, in number or in bytes, are counted, not listed. */
const maxPerCheck = 200
const maxBytesPerCheck = 128 * 1024
/** SKIP before PASS, so that those left out count as passed only when all of them have. */
const weight: Readonly<Record<FindingVerdict, number>> = { FAIL: 0, ERROR: 1, WARN: 2, SKIP: 3, PASS: 4 }

/** The findings of one check within bounds, the gravest kept; a hostile file list stays readable. */
export function withinBounds(check: CheckName, findings: readonly Finding[]): Finding[] {
  const gravest = findings.toSorted((a, b) => weight[a.verdict] - weight[b.verdict])
  const kept = countWithinBounds(gravest)
  if (kept === findings.length) return [...findings]
  const left = gravest.slice(kept)
  const worst = left[0]?.verdict ?? 'PASS'
  const rest = finding(check, worst, `And ${left.length} more findings of this check.`)
  return [...gravest.slice(0, kept), rest]
}

function countWithinBounds(findings: readonly Finding[]): number {
  let bytes = 0
  const end = findings.findIndex((one, index) => {
    bytes += bytesOf(one)
    return index >= maxPerCheck || bytes > maxBytesPerCheck
  })
  return end < 0 ? findings.length : end
}

const bytesOf = ({ path = '', expected = '', found = '', message }: Finding): number =>
  utf8Length(path) + utf8Length(expected) + utf8Length(found) + utf8Length(message)

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `41,232 MiB`. */
export const mebibytesText = (mebibytes: number): string => `${whole.format(mebibytes)} MiB`

const percent = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** `0.05 %`, of a share such as 0.0005. */
export const percentText = (share: number): string => `${percent.format(share * 100)} %`

/** `1 file`, `1,204 files`. */
export const counted = (count: number | bigint, thing: string): string =>
  `${whole.format(count)} ${thing}${Number(count) === 1 ? '' : 's'}`

/** `1,024 bytes`. */
export const bytesText = (bytes: number | bigint): string => counted(bytes, 'byte')

/** What an error says, in one line of bounded length. */
export function lastWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return cleanText(text.replace(/\s+/g, ' ').trim(), 300)
}
