import type { Finding } from '@goldkeep/domain'
import { findStructureFaults, readWimHeader, WimFault, type WimHeader } from '@goldkeep/wim'
import { detectKind, isImagerName, type FileKind } from './file-kinds.js'
import { finding } from './finding.js'
import { lookInto } from './look-into.js'
import type { CheckedFile, OpenFile } from './subject.js'

const check = 'wim-structure'

/** What the Linux client writes as `part<N>.imager.wim` for file systems that it does not know. */
const imagerKinds: ReadonlySet<FileKind> = new Set(['lz4', 'gzip', 'partclone'])

/**
 * Whether a file under a WIM's name is one, and whole: its headers are there and what they point at lies
 * within the file. Reads a few hundred bytes; corruption inside is not found here.
 */
export function checkWimStructure(file: CheckedFile): Promise<Finding> {
  const { path } = file
  if (file.size === 0) return Promise.resolve(finding(check, 'SKIP', 'The file is empty.', { path }))
  return lookInto(check, file, async (open) => {
    const kind = await detectKind(open, path)
    if (isImagerName(path) && imagerKinds.has(kind))
      return finding(check, 'SKIP', `Not a WIM: ${kind} data, as the Linux client names it.`, {
        path,
        found: kind,
      })
    try {
      return judge(path, await readWimHeader(open), open)
    } catch (error) {
      if (!(error instanceof WimFault)) throw error
      const { message, expected, found } = error
      const shown = kind === 'unknown' || kind.startsWith('wim') ? found : `${kind} data`
      return finding(check, 'FAIL', message, { path, expected, found: shown })
    }
  })
}

function judge(path: string, header: WimHeader, open: OpenFile): Finding {
  const fault = findStructureFaults(header, open.size)[0]
  if (fault) {
    const { message, expected, found } = fault
    return finding(check, 'FAIL', message, { path, expected, found })
  }
  const oddities = describeOddities(header)
  if (oddities.length > 0) {
    const message = oddities.map(({ message }) => message).join(' ')
    const found = oddities.map(({ found }) => found).join(', ')
    return finding(check, 'WARN', message, { path, expected: 'one pipable, not solid file', found })
  }
  return finding(check, 'PASS', 'Headers, blob table and XML are where they belong.', {
    path,
    found: 'pipable',
  })
}

function describeOddities(header: WimHeader): { message: string; found: string }[] {
  const oddities: { message: string; found: string }[] = []
  if (!header.pipable) oddities.push({ message: 'It cannot be applied from a pipe.', found: 'not pipable' })
  if (header.totalParts > 1)
    oddities.push({
      message: 'It is one part of a split WIM.',
      found: `part ${header.partNumber} of ${header.totalParts}`,
    })
  if (header.solid)
    oddities.push({ message: 'It is solid: one damaged byte costs many files.', found: 'solid' })
  return oddities
}
