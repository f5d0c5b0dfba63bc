import { compareLeadingXml } from './compare-leading-xml.js'
import { examineContents, type ExamineLimits, type WimContents } from './examine-contents.js'
import { compareHeaders, findHeaderFaults } from './find-header-faults.js'
import { findStructureFaults } from './find-structure-faults.js'
import type { WimHeader } from './parse-header.js'
import type { RandomAccess } from './random-access.js'
import { readWimHeaders } from './read-wim.js'
import type { StructureFault } from './structure-fault.js'

/** What a look at headers, tables and a sample of a WIM found; either what it contains or what is wrong. */
export interface WimExamination {
  readonly header: WimHeader
  readonly faults: readonly StructureFault[]
  /** Absent when the header leads nowhere. */
  readonly contents?: WimContents
}

/**
 * Looks at the structure of a WIM as both of its readers go through it: by the blob table, and, in a pipable
 * file, as a stream. Reads at most what `limits` say, the XML twice, and two headers.
 * @throws WimFault when it is no WIM, or cut
 */
export async function examineWim(file: RandomAccess, limits: ExamineLimits): Promise<WimExamination> {
  const { first, last } = await readWimHeaders(file)
  const faults = [
    ...findHeaderFaults(last),
    ...findStructureFaults(last, file.size),
    ...compareHeaders(first, last),
  ]
  if (faults.length > 0) return { header: last, faults }
  const contents = await examineContents(file, last, limits)
  const inTable = contents.fault ? [contents.fault] : []
  const leading = last.pipable ? await compareLeadingXml(file, last) : undefined
  return { header: last, contents, faults: [...inTable, ...(leading ? [leading] : [])] }
}
