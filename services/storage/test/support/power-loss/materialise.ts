import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EntryChange, Medium } from './medium.js'
import { applyChange, type DirectoryNode, type FileNode, type Node } from './nodes.js'
import type { Random } from '../random.js'

/** Makes `target` the tree that a machine finds after power loss: only what was synced. */
export function loseEverything({ root }: Medium, target: string): void {
  put(
    target,
    root,
    ({ durable }) => durable,
    ({ durable: bytes, durableMode: mode }) => ({ bytes, mode }),
  )
}

/**
 * Makes `target` a tree that a machine may find after power loss: what was synced, and of the rest what the
 * medium happened to take.
 */
export function losePart({ root, changes }: Medium, target: string, random: Random): void {
  const share = random()
  const taken = new Set<EntryChange>()
  for (const change of changes)
    if (random() < share && change.needs.every((need) => taken.has(need) || !changes.includes(need)))
      taken.add(change)
  const entries = (directory: DirectoryNode): Map<string, Node> => {
    const names = new Map(directory.durable)
    for (const change of taken)
      for (const slot of change.slots)
        if (slot.directory !== directory) continue
        else if (slot.node) names.set(slot.name, slot.node)
        else names.delete(slot.name)
    return names
  }
  put(target, root, entries, (file) => ({
    bytes: tear(file, random),
    mode: random() < 0.5 ? file.mode : file.durableMode,
  }))
}

/** The synced bytes, with each later change there, absent or half there. */
function tear({ durable, pending }: FileNode, random: Random): Buffer {
  return pending.reduce((bytes, change) => {
    const luck = random()
    if (luck < 0.3) return bytes
    if (luck < 0.6 || 'size' in change) return applyChange(bytes, change)
    const whole = applyChange(bytes, change)
    const kept = Math.floor(random() * change.bytes.length)
    // The length is on the medium, and where the rest belongs are zeros or what was there before.
    whole.fill(luck < 0.8 ? 0 : 0xa5, change.offset + kept, change.offset + change.bytes.length)
    return luck < 0.7 ? whole.subarray(0, Math.max(bytes.length, change.offset + kept)) : whole
  }, durable)
}

function put(
  path: string,
  directory: DirectoryNode,
  entries: (directory: DirectoryNode) => Map<string, Node>,
  contentOf: (file: FileNode) => { readonly bytes: Buffer; readonly mode: number },
  placed = new Map<Node, string>(),
): void {
  mkdirSync(path, { recursive: true })
  for (const [name, node] of entries(directory)) {
    const target = join(path, name)
    const first = placed.get(node)
    placed.set(node, target)
    if (node.kind === 'directory') put(target, node, entries, contentOf, placed)
    else if (node.kind === 'link') symlinkSync(node.target, target)
    else if (first) linkSync(first, target)
    else {
      const { bytes, mode } = contentOf(node)
      writeFileSync(target, bytes)
      chmodSync(target, mode)
    }
  }
}
