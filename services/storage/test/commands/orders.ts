import type { VersionId } from '@goldkeep/domain'
import type { CommandOrder } from '../../src/store/version-commands.js'
import type { VersionStore } from '../../src/store/version-store.js'
import { fresh, lab, office, other, primary, readAll } from './shelf.js'

export const time = '2026-12-01T09:30:00.000Z'
export const trashName = `${other}@20261201T093000Z`
const wish = { time, actor: 'user alice' }

/** The commands as the catalog gives them, each with what the tests of all of them need. */
export const orders = {
  trash: (store: VersionStore, order: CommandOrder, versionId = other) =>
    store.trash({ versionId, ...order, ...lab, ...wish, reason: 'too old' }),
  restore: (store: VersionStore, order: CommandOrder, versionId = other) =>
    store.restore({ versionId, ...order, ...lab }),
  purge: (store: VersionStore, order: CommandOrder, versionId = other) =>
    store.purge({ versionId, ...order, paths: [] }),
  move: (store: VersionStore, order: CommandOrder, versionId = other) =>
    store.move({ versionId, ...order, ...office }),
  clone: (store: VersionStore, order: CommandOrder, versionId = fresh, source = primary) =>
    store.clone({ versionId, source, ...order, ...office, ...wish }),
}

export type Verb = keyof typeof orders
export const verbs = Object.keys(orders) as Verb[]

/** What must have been done before a command makes sense, with op_seq 1 to 3. */
export async function prepare(verb: Verb, store: VersionStore): Promise<void> {
  if (verb === 'restore' || verb === 'purge') await orders.trash(store, { epoch: 1, opSeq: 1 })
}

/** The version that a command is about. */
export const subjectOf = (verb: Verb): VersionId => (verb === 'clone' ? fresh : other)

/** Where a version is: every file of it is read on the way. */
export async function whereIs(store: VersionStore, versionId: VersionId): Promise<string> {
  const live = store.findVersion(versionId)
  if (live) {
    await readAll(store, versionId)
    return live.imageId
  }
  const lying = store.trashed().find((entry) => entry.versionId === versionId)
  if (!lying) return 'nowhere'
  return lying.isPurging ? 'purging' : 'trash'
}
