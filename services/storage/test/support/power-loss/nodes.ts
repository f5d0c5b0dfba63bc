/** A file as the running system sees it, and what of it is on the medium. */
export interface FileNode {
  readonly kind: 'file'
  /** As of the last sync. */
  durable: Buffer
  durableMode: number
  mode: number
  /** Since the last sync, in order. */
  pending: DataChange[]
}

export interface LinkNode {
  readonly kind: 'link'
  readonly target: string
}

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly live: Map<string, Node>
  readonly durable: Map<string, Node>
}

export type Node = FileNode | LinkNode | DirectoryNode

/** A write, or a new length. */
export type DataChange = { readonly offset: number; readonly bytes: Buffer } | { readonly size: number }

export const newFile = (mode: number): FileNode => ({
  kind: 'file',
  durable: Buffer.alloc(0),
  durableMode: mode,
  mode,
  pending: [],
})

export const newDirectory = (): DirectoryNode => ({
  kind: 'directory',
  live: new Map(),
  durable: new Map(),
})

/** The bytes after a change; a hole reads as zeros. */
export function applyChange(bytes: Buffer, change: DataChange): Buffer {
  if ('size' in change) return resized(bytes, change.size)
  const changed = resized(bytes, Math.max(bytes.length, change.offset + change.bytes.length))
  change.bytes.copy(changed, change.offset)
  return changed
}

function resized(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.alloc(size)
  bytes.copy(copy, 0, 0, Math.min(bytes.length, size))
  return copy
}
