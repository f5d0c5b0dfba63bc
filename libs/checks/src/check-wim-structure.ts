import type { Finding } from '@goldkeep/domain'
import {
  examineWim,
  WimFault,
  type ExamineLimits,
  type WimContents,
  type WimExamination,
} from '@goldkeep/wim'
import { detectKind, isImagerName, type FileKind } from './file-kinds.js'
import { counted, finding } from './finding.js'
import { lookInto } from './look-into.js'
import { examineSplitSet } from './split-set.js'
import type { CheckedFile } from './subject.js'

const check = 'wim-structure'

/** What the Linux client writes as `part<N>.imager.wim` for file systems that it does not know. */
const imagerKinds: ReadonlySet<FileKind> = new Set(['lz4', 'gzip', 'partclone'])

export interface WimStructure {
  readonly finding: Finding
  /** What was seen on the way, where the file is a WIM. */
  readonly examination?: WimExamination
}

/**
 * Whether a file under a WIM's name is one, and whole: its headers agree, what they point at is within the
 * file, the blob table can be true, and a pipe reads what other readers read. Reads the tables and a sample of
 * the stream; corruption inside is not found here.
 * @param files of the version, among which the other parts of a split set are
 */
export async function checkWimStructure(
  file: CheckedFile,
  files: readonly CheckedFile[],
  limits: ExamineLimits,
): Promise<WimStructure> {
  const { path } = file
  if (file.size === 0) return { finding: finding(check, 'SKIP', 'The file is empty.', { path }) }
  let examination: WimExamination | undefined
  const result = await lookInto(check, file, async (open) => {
    const kind = await detectKind(open, path)
    if (isImagerName(path) && imagerKinds.has(kind))
      return finding(check, 'SKIP', `Not a WIM: ${kind} data, as the Linux client names it.`, {
        path,
        found: kind,
      })
    try {
      examination = await examineWim(open, limits)
      return await judge(path, examination, files)
    } catch (error) {
      if (!(error instanceof WimFault)) throw error
      return describeFault(path, error, kind)
    }
  })
  return { finding: result, ...(examination && { examination }) }
}

function describeFault(path: string, { message, expected, found }: WimFault, kind: FileKind): Finding {
  const shown = kind === 'unknown' || kind.startsWith('wim') ? found : `${kind} data`
  return finding(check, 'FAIL', message, { path, expected, found: shown })
}

async function judge(
  path: string,
  examination: WimExamination,
  files: readonly CheckedFile[],
): Promise<Finding> {
  const { header, faults } = examination
  const fault = faults[0]
  if (fault) {
    const { message, expected, found } = fault
    return finding(check, 'FAIL', message, { path, expected, found })
  }
  const oddities = describeOddities(examination)
  if (header.totalParts > 1) {
    const found = `part ${header.partNumber} of ${header.totalParts}`
    const set = await examineSplitSet(path, header, files)
    if (set.fault !== undefined)
      return finding(check, 'FAIL', `It is a part of a split WIM that is not complete: ${set.fault}.`, {
        path,
        expected: 'a whole WIM, or all parts of one',
        found,
      })
    const message = 'It is the first part of a split WIM: clients must be told of the other parts.'
    oddities.push({ message, found })
  }
  if (oddities.length === 0) return passed(path, examination)
  const message = oddities.map((oddity) => oddity.message).join(' ')
  const found = oddities.map((oddity) => oddity.found).join(', ')
  return finding(check, 'WARN', message, { path, expected: 'one pipable, not solid file', found })
}

function passed(path: string, { contents }: WimExamination): Finding {
  const message = 'Headers, blob table and XML are where they belong, and a pipe reads the same.'
  return finding(check, 'PASS', message, { path, found: `pipable${describeSample(contents)}` })
}

/** How much of it was looked at. */
function describeSample(contents: WimContents | undefined): string {
  if (!contents) return ''
  const { complete, comparedHeaders, entries } = contents
  const table = complete ? '' : ', the beginning of the blob table'
  return `; looked at${table} ${comparedHeaders} of ${counted(entries, 'header')} in the stream`
}

function describeOddities({
  header,
  contents,
  harmless,
}: WimExamination): { message: string; found: string }[] {
  const oddities: { message: string; found: string }[] = []
  if (!header.pipable) oddities.push({ message: 'It cannot be applied from a pipe.', found: 'not pipable' })
  if (contents?.solid)
    oddities.push({ message: 'It is solid: one damaged byte costs many files.', found: 'solid' })
  for (const { message, found } of harmless)
    oddities.push({ message: `It was changed after it was written: ${message}`, found })
  return oddities
}
