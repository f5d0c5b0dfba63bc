import type { CheckName, Finding } from '@goldkeep/domain'
import { isBlockImage } from './block-names.js'
import { isWimName } from './file-kinds.js'

export type Decision = 'VALID' | 'INVALID' | 'UNDECIDED'

/** What deciding needs of a file; `kind` as the manifest has it, where it is known. */
export interface DecidedFile {
  readonly path: string
  readonly kind?: string
}

const alwaysRequired = [
  'schema-sound',
  'files-match-schema',
  'sizes',
  'digests',
] as const satisfies readonly CheckName[]

const requiredOfWims = [
  'wim-structure',
  'wim-metadata',
  'wim-content',
] as const satisfies readonly CheckName[]

/**
 * What the findings come to. INVALID when any check failed; VALID when every required check is at PASS
 * or WARN, for each WIM file the three that look into it, and for each block image its own; else UNDECIDED, which is tried again.
 * ERROR and SKIP decide nothing.
 */
export function decideVerdict(
  examined: readonly DecidedFile[] | { readonly files: readonly DecidedFile[] },
  findings: readonly Finding[],
): Decision {
  if (findings.some(({ verdict }) => verdict === 'FAIL')) return 'INVALID'
  if (findings.some(({ verdict }) => verdict === 'ERROR')) return 'UNDECIDED'
  const files = 'files' in examined ? examined.files : examined
  const passed = findings.filter(({ verdict }) => verdict === 'PASS' || verdict === 'WARN')
  const general = alwaysRequired.every((check) => passed.some((finding) => finding.check === check))
  const wims = files.filter(isWim)
  const images = files.filter(({ path, kind }) => kind !== undefined && isBlockImage(path, kind))
  const looked =
    requiredOfWims.every((check) => hasPassed(check, wims, passed)) &&
    hasPassed('block-image', images, passed)
  return general && looked ? 'VALID' : 'UNDECIDED'
}

/** A passed finding without a path stands for the files that a long list of findings leaves out. */
function hasPassed(check: CheckName, files: readonly DecidedFile[], passed: readonly Finding[]): boolean {
  const paths = new Set(passed.filter((finding) => finding.check === check).map(({ path }) => path))
  return paths.has(undefined) || files.every(({ path }) => paths.has(path))
}

/** By what the bytes were found to be; by the name where nobody looked. */
function isWim({ path, kind }: DecidedFile): boolean {
  if (!isWimName(path)) return false
  return kind ? kind.startsWith('wim') : !path.endsWith('.imager.wim')
}
