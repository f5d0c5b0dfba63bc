import type { catalog } from '@goldkeep/contracts'
import { formatTable } from '../output/table.js'
import { findingVerdictWord, isoTime } from './words.js'

export function findingView(finding: catalog.Finding) {
  return {
    check: finding.check,
    verdict: findingVerdictWord(finding.verdict),
    path: finding.path || undefined,
    expected: finding.expected || undefined,
    found: finding.found || undefined,
    message: finding.message,
    checkTime: isoTime(finding.checkTime),
  }
}

export type FindingView = ReturnType<typeof findingView>

/** In one sentence without its full stop. */
export const findingSentence = ({ path, message }: FindingView): string =>
  (path && !message.includes(path) ? `${path}: ${message}` : message).replace(/\.$/, '')

const worstFirst = ['FAIL', 'ERROR', 'WARN', 'SKIP', 'PASS']

export function findingTable(findings: readonly FindingView[], width?: number): string {
  const rank = (finding: FindingView): number => worstFirst.indexOf(finding.verdict)
  return formatTable(
    { head: ['verdict', 'check', 'file', 'what was found'], nothing: 'no check has run yet' },
    findings
      .toSorted((one, other) => rank(one) - rank(other))
      .map((finding) => [finding.verdict, finding.check, finding.path ?? '', describeFinding(finding)]),
    width,
  )
}

/** The message, with expected and found unless it tells them itself. */
export function describeFinding({
  message,
  expected,
  found,
}: Pick<FindingView, 'message' | 'expected' | 'found'>): string {
  const untold = (part: string | undefined): part is string => part !== undefined && !message.includes(part)
  const parts = [
    ...(untold(expected) ? [`expected ${expected}`] : []),
    ...(untold(found) ? [expected === undefined ? found : `found ${found}`] : []),
  ]
  return parts.length > 0 ? `${message} (${parts.map(shorten).join(', ')})` : message
}

/** Digests are for programs, which get them whole by --json. */
function shorten(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…')
}
