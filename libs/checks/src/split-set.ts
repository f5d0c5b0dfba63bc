import { findHeaderFaults, findStructureFaults, readWimHeader, WimFault, type WimHeader } from '@goldkeep/wim'
import type { CheckedFile } from './subject.js'

/** What the other files beside the first part of a split WIM are. */
export interface SplitSet {
  readonly others: readonly CheckedFile[]
  /** What is wrong with the set, where it is not complete. */
  readonly fault?: string
}

/** The other parts of a split WIM are beside the first: `part1.winpe.wim`, `part1.winpe2.swm`, … */
export function otherParts(path: string, files: readonly CheckedFile[]): CheckedFile[] {
  const stem = path.replace(/\.wim$/i, '').toLowerCase()
  return files.filter((file) => {
    const name = file.path.toLowerCase()
    return name.startsWith(stem) && /^\d*\.swm$/.test(name.slice(stem.length))
  })
}

/**
 * Whether all parts of the set that begins with this header are there, each once, and of this set.
 * Rejects when a part cannot be read.
 */
export async function examineSplitSet(
  path: string,
  first: WimHeader,
  files: readonly CheckedFile[],
): Promise<SplitSet> {
  const others = otherParts(path, files)
  const numbers = new Set<number>()
  for (const file of others) {
    const header = await headerOf(file)
    if (header === 'damaged') return { others, fault: `${file.path} is cut or damaged` }
    if (header?.guid !== first.guid || header.totalParts !== first.totalParts)
      return { others, fault: `${file.path} is of another set` }
    if (numbers.has(header.partNumber)) return { others, fault: `part ${header.partNumber} is there twice` }
    numbers.add(header.partNumber)
  }
  if (first.partNumber !== 1) return { others, fault: `it begins with part ${first.partNumber}` }
  for (let number = 2; number <= first.totalParts; number += 1)
    if (!numbers.has(number)) return { others, fault: `part ${number} of ${first.totalParts} is absent` }
  return { others }
}

/** `undefined` for a file that is no WIM. */
async function headerOf(file: CheckedFile): Promise<WimHeader | 'damaged' | undefined> {
  const open = await file.open()
  try {
    const header = await readWimHeader(open)
    const faults = [...findHeaderFaults(header), ...findStructureFaults(header, open.size)]
    return faults.length > 0 ? 'damaged' : header
  } catch (error) {
    if (error instanceof WimFault) return undefined
    throw error
  } finally {
    await open.close()
  }
}
