import type { RandomAccess } from './subject.js'

/** What a file's bytes were found to be; a name does not prove it. */
export const fileKinds = [
  'wim',
  'wim-pipable',
  'wim-split',
  'ffu',
  'lz4',
  'gzip',
  'partclone',
  'schema',
  'table',
  'unknown',
] as const
export type FileKind = (typeof fileKinds)[number]

/** A file that by its name should be a WIM. */
export const isWimName = (path: string): boolean => path.toLowerCase().endsWith('.wim')

/** `part<N>.imager.wim` of the Linux client: partclone or lz4 data under a WIM's name. */
export const isImagerName = (path: string): boolean => path.toLowerCase().endsWith('.imager.wim')

const probeBytes = 64

/** Looks at a file's first bytes, and only where these tell nothing at its path. */
export async function detectKind(file: RandomAccess, path: string): Promise<FileKind> {
  if (path === 'schema') return 'schema'
  const start = Buffer.from(await file.read(0, Math.min(probeBytes, file.size)))
  const kind = kindOfBytes(start)
  if (kind !== 'unknown') return kind
  return path.endsWith('/table') && file.size > 0 ? 'table' : 'unknown'
}

function kindOfBytes(start: Buffer): FileKind {
  const text = start.toString('latin1')
  // A split WIM says in its header of how many parts it is one.
  if (text.startsWith('MSWIM\0\0\0'))
    return start.length >= 0x2c && start.readUInt16LE(0x2a) > 1 ? 'wim-split' : 'wim'
  if (text.startsWith('WLPWM\0\0\0')) return 'wim-pipable'
  if (text.slice(4, 16) === 'SignedImage ') return 'ffu'
  if (text.startsWith('partclone-image')) return 'partclone'
  // The frame of today's lz4, and the one of `lz4 -l`.
  if (text.startsWith('\x04\x22\x4d\x18') || text.startsWith('\x02\x21\x4c\x18')) return 'lz4'
  if (text.startsWith('\x1f\x8b')) return 'gzip'
  return 'unknown'
}
