import type { Finding } from '@goldkeep/domain'
import { expectedFiles, matchFiles, type Schema } from '@goldkeep/schema'
import { hasBlockImageName } from './block-names.js'
import { bytesText, counted, finding, mebibytesText, percentText, withinBounds } from './finding.js'
import { isNearlyEmpty, isTooSmall, leastBytes, smallestShare } from './smallest-share.js'
import type { CheckedFile, CheckSubject } from './subject.js'

const check = 'sizes'

/** Whether any file is empty, or much smaller than what its partition held. */
export function checkSizes(schema: Schema | undefined, subject: CheckSubject, emptyShare: number): Finding[] {
  const matches = matchFiles(schema ? expectedFiles(schema, subject.capture) : [], [])
  const findings = subject.files.flatMap((file) =>
    judgeSize(file, matches.expectedAt(file.path)?.usedMiB, emptyShare),
  )
  if (findings.length > 0) return withinBounds(check, findings)
  const total = subject.files.reduce((sum, { size }) => sum + size, 0)
  const found = `${counted(subject.files.length, 'file')}, ${bytesText(total)}`
  return [finding(check, 'PASS', 'No file is empty or much too small.', { found })]
}

function judgeSize(
  { path, size }: Pick<CheckedFile, 'path' | 'size'>,
  usedMiB: number | undefined,
  emptyShare: number,
): Finding[] {
  const found = bytesText(size)
  if (size === 0)
    return [finding(check, 'FAIL', `${path} is empty.`, { path, expected: 'more than 0 bytes', found })]
  if (usedMiB === undefined || !isTooSmall(size, usedMiB)) return []
  // A WIM is judged by the content that it describes: equal files are in it only once.
  const isEmpty = hasBlockImageName(path) && isNearlyEmpty(size, usedMiB, emptyShare)
  const share = isEmpty ? emptyShare : smallestShare
  const message = `${path} has less than ${percentText(share)} of the ${mebibytesText(usedMiB)} in use on the source${isEmpty ? ': it is nearly empty' : ''}.`
  const expected = `at least ${bytesText(leastBytes(usedMiB, share))}`
  return [finding(check, isEmpty ? 'FAIL' : 'WARN', message, { path, expected, found })]
}
