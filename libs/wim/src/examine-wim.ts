import { compareLeadingXml } from './compare-leading-xml.js'
import { examineContents, type ExamineLimits, type WimContents } from './examine-contents.js'
import { compareHeaders, findHeaderFaults, type Differences } from './find-header-faults.js'
import { findStructureFaults } from './find-structure-faults.js'
import type { WimHeader } from './parse-header.js'
import type { RandomAccess } from './random-access.js'
import { readWimHeaders } from './read-wim.js'
import type { StructureFault } from './structure-fault.js'

/** What a look at headers, tables and a sample of a WIM found; either what it contains or what is wrong. */
export interface WimExamination {
  readonly header: WimHeader
  readonly faults: readonly StructureFault[]
  /** Signs that the file was changed after it was written, where no reader goes by them. */
  readonly harmless: readonly StructureFault[]
  /** Absent when the header leads nowhere. */
  readonly contents?: WimContents
}

const none: Differences = { faults: [], harmless: [] }

/**
 * Looks at the structure of a WIM as both of its readers go through it: by the blob table, and, in a pipable
 * file, as a stream. Reads at most what `limits` say, the XML twice, and two headers.
 * @throws WimFault when it is no WIM, or cut
 */
export async function examineWim(file: RandomAccess, limits: ExamineLimits): Promise<WimExamination> {
  const { first, last } = await readWimHeaders(file)
  const headers = compareHeaders(first, last)
  const faults = [...findHeaderFaults(last), ...findStructureFaults(last, file.size), ...headers.faults]
  if (faults.length > 0) return { header: last, faults, harmless: headers.harmless }
  const contents = await examineContents(file, last, limits)
  const inTable = contents.fault ? [contents.fault] : []
  const xml = last.pipable ? await compareLeadingXml(file, last, limits.xmlBytes) : none
  return {
    header: last,
    contents,
    faults: [...inTable, ...xml.faults],
    harmless: [...headers.harmless, ...xml.harmless],
  }
}
