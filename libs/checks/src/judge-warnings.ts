import type { Finding } from '@goldkeep/domain'
import { counted, finding } from './finding.js'

const check = 'wim-content'

/** Of a file that was captured without an integrity table, as every streamed one is. */
const usual = /does not contain integrity information/

/** Warnings of wimlib after which a deployed machine lacks files, or all of them. */
const losses: readonly RegExp[] = [
  /does not contain image metadata/,
  /Could not find metadata resources/,
  /no directory entries/,
  /Ignoring unnamed file/,
  /Ignoring file named "\."/,
  /Ignoring filename with embedded null/,
  /Ignoring duplicate file/,
  /Ignoring children of non-directory/,
  /Ignoring \d+ (empty|duplicate) blobs/,
  /blobs with wrong part number/,
]

const shown = 3

/** The finding of a `verify` that ended with 0, by what it warned of. */
export function judgeWarnings(path: string, said: readonly string[]): Finding {
  const warnings = said.filter((warning) => !usual.test(warning))
  if (warnings.length === 0)
    return finding(check, 'PASS', 'Everything in the image can be read and has its hash.', {
      path,
      found: 'verified',
    })
  const lost = warnings.filter((warning) => losses.some((loss) => loss.test(warning)))
  const expected = 'wimlib-imagex verify warns of nothing'
  if (lost.length > 0)
    return finding(check, 'FAIL', 'The image has files that a deployment leaves out.', {
      path,
      expected,
      found: list(lost),
    })
  return finding(check, 'WARN', `Everything can be read, with ${counted(warnings.length, 'warning')}.`, {
    path,
    expected,
    found: list(warnings),
  })
}

function list(warnings: readonly string[]): string {
  const more = warnings.length - shown
  return warnings.slice(0, shown).join('; ') + (more > 0 ? `; and ${more} more` : '')
}
