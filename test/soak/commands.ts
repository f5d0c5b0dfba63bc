import { isDomainError, type VersionId } from '@goldkeep/domain'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAs, type StorageClients } from '../../services/storage/test/support/clients.js'
import { documentOf } from '../../services/storage/test/support/document-of.js'
import { knownVersion, type Place } from '../../services/storage/test/support/ledger.js'
import { imageId, imageUid } from '../../services/storage/test/support/test-house.js'
import type { Soak } from './shared.js'

/** So many versions stay, for the readers. */
const fewest = 4

/**
 * Publishes, trashes, restores and purges until it is over. A command whose answer is lost is repeated until
 * it is answered, as the worker does; the last one to its end.
 */
export async function keepCommanding(shared: Soak): Promise<void> {
  const { ledger, random, over, counts } = shared
  const seqs = new Map<VersionId, bigint>()
  let generation = 0
  let primary: VersionId | undefined
  const live = (): VersionId[] => idsIn(shared, 'versions')
  const pick = (ids: readonly VersionId[]): VersionId | undefined => ids[Math.floor(random() * ids.length)]

  const publish = async (next: VersionId | undefined): Promise<void> => {
    generation += 1
    const known = ledger.images.get(imageId) ?? { generation: 0, mayLink: new Set([undefined]) }
    ledger.images.set(imageId, { ...known, mayLink: new Set([...known.mayLink, next]) })
    const document = documentOf(shared.real.catalog.house, generation, next)
    const order = { imageId, imageUid, epoch: 1n, generation: BigInt(generation), document }
    await untilAnswered(shared, ({ admin }) =>
      admin.publish({ ...order, ...(next && { primaryVersionId: next }) }),
    )
    ledger.images.set(imageId, { generation, mayLink: new Set([next]) })
    primary = next
  }
  const bring = async (
    versionId: VersionId,
    onTheWay: readonly Place[],
    to: Place,
    call: (
      clients: StorageClients,
      order: { versionId: VersionId; epoch: bigint; opSeq: bigint },
    ) => Promise<unknown>,
  ): Promise<void> => {
    const known = knownVersion(ledger, versionId)
    const opSeq = (seqs.get(versionId) ?? 0n) + 1n
    seqs.set(versionId, opSeq)
    known.may = new Set([...known.may, ...onTheWay, to])
    await untilAnswered(shared, (clients) => call(clients, { versionId, epoch: 1n, opSeq }))
    known.may = new Set([to])
  }

  while (!over.aborted) {
    const luck = random()
    const trashed = pick(idsIn(shared, 'trash'))
    const version = pick(live().filter((id) => id !== primary))
    const belonging = { imageId, imageUid }
    if (luck < 0.35) await publish(luck < 0.05 ? undefined : pick(live()))
    else if (luck < 0.65 && version && live().length > fewest)
      await bring(version, [], 'trash', ({ admin }, order) =>
        admin.trash({ ...order, ...belonging, time: new Date() }),
      )
    else if (luck < 0.8 && trashed)
      await bring(trashed, [], 'versions', ({ admin }, order) => admin.restore({ ...order, ...belonging }))
    else if (luck >= 0.8 && trashed)
      await bring(trashed, ['purging'], 'nowhere', ({ admin }, order) =>
        admin.purge({ ...order, paths: [...knownVersion(ledger, trashed).files.keys()] }),
      )
    else {
      await delay(20)
      continue
    }
    counts.commands += 1
  }
}

function idsIn({ ledger }: Soak, place: Place): VersionId[] {
  return [...ledger.versions].flatMap(([id, { may }]) => (may.size === 1 && may.has(place) ? [id] : []))
}

async function untilAnswered(
  { real, address }: Soak,
  call: (clients: StorageClients) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const token = await real.workerTicket()
    const clients = connectAs(address, () => token)
    try {
      await call(clients)
      return
    } catch (error) {
      if (isDomainError(error) && error.kind !== 'unavailable') throw error
      await delay(30)
    } finally {
      clients.close()
    }
  }
}
