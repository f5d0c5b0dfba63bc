import { headerBytes, type ResourceEntry, type WimHeader } from './parse-header.js'

/** A part of a WIM that is not where its header says, or cannot be. */
export interface StructureFault {
  readonly message: string
  readonly expected: string
  readonly found: string
}

/** Compares a header's claims with the file's size in bytes; finds truncation, not corruption. */
export function findStructureFaults(header: WimHeader, fileSize: number): StructureFault[] {
  const end = header.pipable ? fileSize - headerBytes : fileSize
  const parts: [string, ResourceEntry, 'required' | 'optional'][] = [
    ['blob table', header.blobTable, 'required'],
    ['XML data', header.xml, 'required'],
    ['integrity table', header.integrityTable, 'optional'],
  ]
  return parts.flatMap(([name, entry, need]) => {
    if (entry.offset === 0 && entry.size === 0) return need === 'required' ? [absent(name)] : []
    const limits = `within ${headerBytes} to ${end}`
    if (entry.offset >= headerBytes && entry.offset + entry.size <= end) return []
    return [
      {
        message: `The ${name} lies outside the file, as when a file was cut.`,
        expected: limits,
        found: `${entry.offset} to ${entry.offset + entry.size}`,
      },
    ]
  })
}

const absent = (name: string): StructureFault => ({
  message: `The header does not say where the ${name} lies, as when a capture was not finished.`,
  expected: `a ${name}`,
  found: 'none',
})
