import type { ExpectedFile } from '@goldkeep/schema'
import { isImagerName, type FileKind } from './file-kinds.js'
import type { BlockKind, ExpectedPartition } from './block-image/index.js'

/** Returns the packing that a file's name says, as the legacy clients name it; absent for other files. */
export function blockKindOfName(path: string): BlockKind | undefined {
  const name = path.toLowerCase()
  if (name.endsWith('.ffu')) return 'ffu'
  if (name.endsWith('.lz4')) return 'lz4'
  if (name.endsWith('.gz')) return 'gzip'
  return name.endsWith('.uncp') ? 'plain' : undefined
}

/** Tells whether a file may be a block image by its name. */
export const hasBlockImageName = (path: string): boolean =>
  blockKindOfName(path) !== undefined || isImagerName(path)

/** Returns the packing that the bytes show; a file without a signature is a raw image, or of no known kind. */
export function blockKindOfBytes(kind: FileKind): BlockKind | undefined {
  if (kind === 'lz4' || kind === 'gzip' || kind === 'ffu') return kind
  return kind === 'partclone' || kind === 'unknown' ? 'plain' : undefined
}

/** The Linux client packs what it calls `imager.wim` as it is set to. */
export const isBlockImage = (path: string, kind: string): boolean =>
  blockKindOfName(path) !== undefined || (isImagerName(path) && ['lz4', 'gzip', 'partclone'].includes(kind))

/** Returns the partition of a file, as its name and the schema describe it. */
export function expectedPartition(path: string, expected: ExpectedFile | undefined): ExpectedPartition {
  const program = path.split('.').at(-2)
  return {
    ...(program !== undefined && { program }),
    ...(expected?.sizeBytes !== undefined && { bytes: expected.sizeBytes }),
  }
}
