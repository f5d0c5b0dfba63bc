import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { applyChange, newDirectory, newFile, type DirectoryNode, type Node } from './nodes.js'

interface Slot {
  readonly directory: DirectoryNode
  readonly name: string
  /** What the name means after the change; absent: nothing. */
  readonly node?: Node
}

/** A change of one name, or of two by a rename. */
export interface EntryChange {
  readonly slots: readonly Slot[]
  /** Earlier changes without which this one cannot be on the medium. */
  readonly needs: readonly EntryChange[]
  /** Directories of it that were not synced since. */
  readonly unsynced: Set<DirectoryNode>
}

/**
 * What of a directory tree is on stable storage and what is in memory only. Everything that is there when
 * the medium is looked at first is taken as durable.
 *
 * The model is at least as cruel as ext4, xfs, btrfs and ZFS:
 * - A file's bytes and length are durable as of its last fsync or fdatasync, its mode as of its last fsync.
 *   What came later may be there, be torn, or be a length without the bytes.
 * - A name is durable when its directory was synced; syncing the file itself does not help. Names of one
 *   directory reach the medium in any order, but each name's own changes in theirs.
 * - A rename is one change. Between two directories it is durable when both have been synced.
 * - A directory that is removed takes the changes of its names along: it was empty when it went.
 * - Bytes that a failed sync covered never reach the medium, whatever a later sync says; memory has them.
 * Not modelled: sectors that spoil their neighbours, and file systems without a journal.
 */
export class Medium {
  readonly root = newDirectory()
  #changes: EntryChange[] = []

  constructor(readonly path: string) {
    load(path, this.root)
  }

  /** In order of time; none of them is durable. */
  get changes(): readonly EntryChange[] {
    return this.#changes
  }

  change(...slots: Slot[]): void {
    const needs = this.#changes.filter((earlier) => earlier.slots.some((one) => slots.some(sameSlot(one))))
    for (const { directory, name } of slots) {
      const gone = directory.live.get(name)
      const moved = slots.some(({ node }) => node === gone)
      if (gone?.kind === 'directory' && !moved)
        needs.push(...this.#changes.filter((one) => one.slots.some(({ directory }) => directory === gone)))
    }
    for (const { directory, name, node } of slots)
      if (node) directory.live.set(name, node)
      else directory.live.delete(name)
    const unsynced = new Set(slots.map(({ directory }) => directory))
    this.#changes.push({ slots, needs, unsynced })
  }

  /** What a sync that begins now will have made durable when it succeeds. */
  beginSync(node: Node): { readonly done: () => void; readonly failed: () => void } {
    if (node.kind === 'directory') {
      const covered = this.#changes.filter(({ unsynced }) => unsynced.has(node))
      const done = (): void => {
        for (const change of covered) change.unsynced.delete(node)
        for (const change of covered) if (change.unsynced.size === 0) this.#makeDurable(change)
      }
      return { done, failed: () => {} }
    }
    if (node.kind === 'link') throw new Error('a link cannot be open')
    const covered = [...node.pending]
    const forget = (): void => {
      node.pending = node.pending.filter((change) => !covered.includes(change))
    }
    const done = (): void => {
      forget()
      node.durable = covered.reduce(applyChange, node.durable)
    }
    return { done, failed: forget }
  }

  #makeDurable(change: EntryChange): void {
    if (!this.#changes.includes(change)) return
    for (const need of change.needs) this.#makeDurable(need)
    this.#changes.splice(this.#changes.indexOf(change), 1)
    for (const { directory, name, node } of change.slots)
      if (node) directory.durable.set(name, node)
      else directory.durable.delete(name)
  }
}

const sameSlot =
  (one: Slot) =>
  (other: Slot): boolean =>
    one.directory === other.directory && one.name === other.name

function load(path: string, into: DirectoryNode): void {
  for (const name of readdirSync(path)) {
    const node = loadNode(join(path, name))
    if (!node) continue
    into.live.set(name, node)
    into.durable.set(name, node)
  }
}

function loadNode(path: string): Node | undefined {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return { kind: 'link', target: readlinkSync(path) }
  if (stats.isFile()) return { ...newFile(stats.mode & 0o7777), durable: readFileSync(path) }
  if (!stats.isDirectory()) return undefined
  const directory = newDirectory()
  load(path, directory)
  return directory
}
