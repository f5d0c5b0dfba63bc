import type { Finding, Presence } from '@goldkeep/domain'

/** What the digests check says of the bytes; `undefined` when it was not made or could not be judged. */
export function presenceByDigests(
  findings: readonly Finding[],
): Exclude<Presence, 'UNREADABLE' | 'MISSING'> | undefined {
  const digests = findings.filter((finding) => finding.check === 'digests')
  if (digests.some((finding) => finding.verdict === 'FAIL')) return 'DAMAGED'
  const whole = digests.length > 0 && digests.every((finding) => finding.verdict === 'PASS')
  return whole ? 'PRESENT' : undefined
}
