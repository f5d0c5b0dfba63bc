import type { Finding } from '@goldkeep/domain'
import { expectedFiles, matchFiles, type Schema } from '@goldkeep/schema'
import { bytesText, counted, finding, mebibytesText, withinBounds } from './finding.js'
import { isTooSmall, smallestShare } from './smallest-share.js'
import type { CheckSubject } from './subject.js'

const check = 'sizes'

/** Whether any file is empty, or much smaller than what its partition held. */
export function checkSizes(schema: Schema | undefined, subject: CheckSubject): Finding[] {
  const expected = schema ? expectedFiles(schema, subject.capture) : []
  const matches = matchFiles(expected, [])
  const findings: Finding[] = []
  for (const { path, size } of subject.files) {
    if (size === 0) {
      const details = { path, expected: 'more than 0 bytes', found: bytesText(0) }
      findings.push(finding(check, 'FAIL', `${path} is empty.`, details))
      continue
    }
    const usedMiB = matches.expectedAt(path)?.usedMiB
    if (usedMiB === undefined || !isTooSmall(size, usedMiB)) continue
    const message = `${path} has less than ${smallestShare * 100} % of the ${mebibytesText(usedMiB)} in use on the source.`
    const least = bytesText(Math.ceil(usedMiB * smallestShare * 1024 * 1024))
    findings.push(
      finding(check, 'WARN', message, { path, expected: `at least ${least}`, found: bytesText(size) }),
    )
  }
  if (findings.length > 0) return withinBounds(check, findings)
  const total = subject.files.reduce((sum, { size }) => sum + size, 0)
  const found = `${counted(subject.files.length, 'file')}, ${bytesText(total)}`
  return [finding(check, 'PASS', 'No file is empty or much too small.', { found })]
}
