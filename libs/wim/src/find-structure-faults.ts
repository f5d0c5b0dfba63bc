import { headerBytes, resourceFlags, type ResourceEntry, type WimHeader } from './parse-header.js'
import type { StructureFault } from './structure-fault.js'

/** Compares a header's claims with the file's size in bytes; finds truncation, not corruption. */
export function findStructureFaults(header: WimHeader, fileSize: number): StructureFault[] {
  const end = header.pipable ? fileSize - headerBytes : fileSize
  const parts: [string, ResourceEntry, 'required' | 'optional'][] = [
    ['blob table', header.blobTable, 'required'],
    ['XML data', header.xml, 'required'],
    ['integrity table', header.integrityTable, 'optional'],
  ]
  return parts.flatMap(([name, entry, need]) => {
    // Readers look at the offset of an optional part alone.
    if (entry.offset === 0 && (entry.size === 0 || need === 'optional'))
      return need === 'required' ? [absent(name)] : []
    return findPartFaults(name, entry, end)
  })
}

function findPartFaults(name: string, entry: ResourceEntry, end: number): StructureFault[] {
  const { offset, size, originalSize, flags } = entry
  if (offset < headerBytes || offset + Math.max(size, originalSize) > end)
    return [
      {
        message: `The ${name} lies outside the file, as when a file was cut.`,
        expected: `within ${headerBytes} to ${end}`,
        found: `${offset} to ${offset + Math.max(size, originalSize)}`,
      },
    ]
  if ((flags & resourceFlags.compressed) === 0 && size === originalSize) return []
  return [
    {
      message: `The header is damaged: the ${name} is never compressed, so that its two sizes are the same.`,
      expected: `${size} bytes`,
      found: `${originalSize} bytes, flags ${flags}`,
    },
  ]
}

const absent = (name: string): StructureFault => ({
  message: `The header does not say where the ${name} lies, as when a capture was not finished.`,
  expected: `a ${name}`,
  found: 'none',
})
