import { headerFlags, headerVersions, type Compression, type WimHeader } from './parse-header.js'
import type { StructureFault } from './structure-fault.js'

/** Least and largest chunk, as powers of two; wimlib refuses others. */
const chunkBits: Readonly<Record<Exclude<Compression, 'none' | 'unknown'>, readonly [number, number]>> = {
  xpress: [12, 16],
  lzx: [15, 21],
  lzms: [15, 30],
}

/** Fields of a header that every reader refuses. */
export function findHeaderFaults(header: WimHeader): StructureFault[] {
  const { version, partNumber, totalParts, compression, chunkSize } = header
  const faults: StructureFault[] = []
  const add = (message: string, expected: string, found: string): void =>
    void faults.push({ message, expected, found })
  if (version !== headerVersions.ordinary && version !== headerVersions.solid)
    add('The header has an unknown version.', '1.13 or 14', `0x${version.toString(16)}`)
  if (partNumber === 0 || partNumber > totalParts)
    add('The header has an impossible part number.', 'part 1 of 1', `part ${partNumber} of ${totalParts}`)
  if (compression === 'unknown')
    add('The header names no compression.', 'XPRESS, LZX or LZMS', `flags 0x${header.flags.toString(16)}`)
  else if (!isChunkSize(compression, chunkSize))
    add('The header has an impossible chunk size.', describeChunks(compression), `${chunkSize} bytes`)
  return faults
}

function isChunkSize(compression: Exclude<Compression, 'unknown'>, size: number): boolean {
  if (compression === 'none') return size === 0
  const [least, largest] = chunkBits[compression]
  const bits = Math.log2(size)
  return Number.isInteger(bits) && bits >= least && bits <= largest
}

function describeChunks(compression: Exclude<Compression, 'unknown'>): string {
  if (compression === 'none') return '0 bytes in a file without compression'
  const [least, largest] = chunkBits[compression]
  return `a power of two from ${2 ** least} to ${2 ** largest} bytes`
}

/** The differences between two places that should say the same, for one of the readers and for the other. */
export interface Differences {
  /** What readers go by. */
  readonly faults: readonly StructureFault[]
  /** What no reader goes by: the file was changed, and can be applied all the same. */
  readonly harmless: readonly StructureFault[]
}

type HeaderField = Exclude<keyof WimHeader, 'blobTable' | 'xml' | 'integrityTable'>

/** What both headers of a pipable file must say alike: a pipe reads the first, other readers the second. */
const shared: readonly (readonly [HeaderField, string])[] = [
  ['version', 'version'],
  ['compression', 'compression'],
  ['chunkSize', 'chunk size'],
  ['partNumber', 'part number'],
  ['totalParts', 'number of parts'],
  ['imageCount', 'number of images'],
]

const harmless: readonly (readonly [HeaderField, string])[] = [
  ['guid', 'identifier'],
  ['bootIndex', 'boot index'],
]

/** Where the first header of a pipable file differs from the one at its end. */
export function compareHeaders(first: WimHeader, last: WimHeader): Differences {
  const differences = (fields: typeof shared): StructureFault[] =>
    fields
      .filter(([key]) => first[key] !== last[key])
      .map(([key, name]) => differs(name, `${last[key]}`, `${first[key]}`))
  const faults = differences(shared)
  const flags = (header: WimHeader): number => header.flags & ~headerFlags.writeInProgress
  const otherFlags = faults.length === 0 && flags(first) !== flags(last)
  return {
    faults,
    harmless: [
      ...differences(harmless),
      ...(otherFlags ? [differs('set of flags', hexOfFlags(last), hexOfFlags(first))] : []),
    ],
  }
}

const hexOfFlags = ({ flags }: WimHeader): string => `0x${flags.toString(16)}`

const differs = (name: string, expected: string, found: string): StructureFault => ({
  message: `The first header has another ${name} than the header at the end; a piped deployment reads the first.`,
  expected,
  found,
})
