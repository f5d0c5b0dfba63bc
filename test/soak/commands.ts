import type { VersionId } from '@goldkeep/domain'
import { setTimeout as delay } from 'node:timers/promises'
import { documentOf } from '../../services/storage/test/support/document-of.js'
import { knownVersion, type Place } from '../../services/storage/test/support/ledger.js'
import { cloneOne } from './clones.js'
import { bring, claiming, untilAnswered } from './order.js'
import { images, pickFrom, type Soak } from './shared.js'
import { basesToProto } from '../../services/storage/test/support/bases.js'

/** So many versions stay, for the readers; with more than so many, some go. */
const fewest = 4
const most = 16
/** With so many in the trash, some are purged. */
const mostTrashed = 6

/**
 * Publishes, trashes, restores, purges, moves and clones until it is over. A command whose answer is lost is
 * repeated until it is answered, as the worker does; the last one to its end.
 */
export async function keepCommanding(shared: Soak): Promise<void> {
  const { random, over, orders } = shared
  while (!over.aborted) {
    const luck = random()
    const live = idsIn(shared, 'versions')
    const trashed = pickFrom(random, idsIn(shared, 'trash'))
    const movable = pickFrom(
      random,
      live.filter((id) => !mayBePrimary(shared, id)),
    )
    if (luck < 0.02) orders.beginEpoch()
    if (movable && live.length > most) await trash(shared, movable)
    else if (trashed && idsIn(shared, 'trash').length > mostTrashed) await purge(shared, trashed)
    else if (luck < 0.25) await publish(shared, luck < 0.05 ? undefined : pickFrom(random, live))
    else if (luck < 0.5 && movable && live.length > fewest) await trash(shared, movable)
    else if (luck < 0.6 && trashed) await restore(shared, trashed)
    else if (luck < 0.7 && trashed) await purge(shared, trashed)
    else if (luck < 0.85 && movable) await move(shared, movable)
    else if (luck >= 0.85 && live[0]) await cloneOne(shared, pickFrom(random, live) ?? live[0])
    else await delay(20)
  }
}

async function publish(shared: Soak, next: VersionId | undefined): Promise<void> {
  const { ledger, random, orders, real, claimed, counts } = shared
  const image = next ? belongingOf(shared, next) : pickFrom(random, images)
  if (!image || claimed.has(image.imageId)) return
  const { imageId, imageUid } = image
  await claiming(shared, imageId, async () => {
    const known = ledger.images.get(imageId) ?? { generation: 0, mayLink: new Set([undefined]) }
    const generation = known.generation + 1
    // From now on nobody takes the next primary away.
    ledger.images.set(imageId, { ...known, mayLink: new Set([...known.mayLink, next]) })
    const { epoch } = orders
    const place = { image: imageId, uid: imageUid, epoch: Number(epoch) }
    const document = documentOf(real.catalog.house, generation, next, place)
    const order = {
      imageId,
      imageUid,
      epoch,
      generation: BigInt(generation),
      document,
      ...basesToProto(document),
    }
    const primaryVersionId = next ?? ''
    await untilAnswered(shared, ({ admin }) => admin.publish({ ...order, primaryVersionId }))
    ledger.images.set(imageId, { generation, mayLink: new Set([next]) })
    counts.commands += 1
  })
}

function trash(shared: Soak, versionId: VersionId): Promise<void> {
  const time = new Date()
  const wish = { ...belongingOf(shared, versionId), time, reason: 'the soak wants room' }
  return claiming(shared, versionId, () =>
    bring(shared, { versionId, to: 'trash', call: ({ admin }, order) => admin.trash({ ...order, ...wish }) }),
  )
}

function restore(shared: Soak, versionId: VersionId): Promise<void> {
  const belonging = belongingOf(shared, versionId)
  return claiming(shared, versionId, () =>
    bring(shared, {
      versionId,
      to: 'versions',
      call: ({ admin }, order) => admin.restore({ ...order, ...belonging }),
    }),
  )
}

function purge(shared: Soak, versionId: VersionId): Promise<void> {
  const paths = shared.random() < 0.5 ? [...knownVersion(shared.ledger, versionId).files.keys()] : []
  return claiming(shared, versionId, () =>
    bring(shared, {
      versionId,
      onTheWay: ['purging'],
      to: 'nowhere',
      call: ({ admin }, order) => admin.purge({ ...order, paths }),
    }),
  )
}

async function move(shared: Soak, versionId: VersionId): Promise<void> {
  const known = knownVersion(shared.ledger, versionId)
  const target = images.find(({ imageId }) => !known.images.has(imageId))
  if (!target) return
  await claiming(shared, versionId, async () => {
    known.images = new Set([...known.images, target.imageId])
    await bring(shared, {
      versionId,
      to: 'versions',
      call: ({ admin }, order) => admin.moveVersion({ ...order, ...target }),
    })
    known.images = new Set([target.imageId])
  })
}

function belongingOf({ ledger }: Soak, versionId: VersionId): (typeof images)[number] {
  const known = knownVersion(ledger, versionId).images
  const found = images.find(({ imageId }) => known.has(imageId))
  if (!found) throw new Error(`${versionId} is of no image that the soak knows`)
  return found
}

/** What is only in this place, and about which nobody gives a command. */
function idsIn({ ledger, claimed }: Soak, place: Place): VersionId[] {
  return [...ledger.versions].flatMap(([id, { may }]) =>
    may.size === 1 && may.has(place) && !claimed.has(id) ? [id] : [],
  )
}

const mayBePrimary = ({ ledger }: Soak, versionId: VersionId): boolean =>
  [...ledger.images.values()].some(({ mayLink }) => mayLink.has(versionId))
