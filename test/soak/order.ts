import { isDomainError, type VersionId } from '@goldkeep/domain'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAs, type StorageClients } from '../../services/storage/test/support/clients.js'
import { knownVersion, type Place } from '../../services/storage/test/support/ledger.js'
import type { Soak } from './shared.js'

export interface VersionOrder {
  readonly versionId: VersionId
  readonly epoch: bigint
  readonly opSeq: bigint
}

/** A command about a version, and where it brings it. */
export interface Errand {
  readonly versionId: VersionId
  readonly onTheWay?: readonly Place[]
  readonly to: Place
  readonly call: (clients: StorageClients, order: VersionOrder) => Promise<unknown>
}

/** Gives a command, whose answer is noted in the ledger; at times once more, or too late. */
export async function bring(shared: Soak, { versionId, onTheWay = [], to, call }: Errand): Promise<void> {
  const { ledger, orders, random, counts } = shared
  const known = knownVersion(ledger, versionId)
  known.may = new Set([...known.may, ...onTheWay, to])
  const order = await carriedOut(shared, call, { versionId, ...orders.next(versionId) })
  if (!order) return
  known.may = new Set([to])
  counts.commands += 1
  const luck = random()
  if (luck > 0.3) return
  counts.repeats += 1
  if (luck > 0.15 || order.opSeq === 1n) {
    await untilAnswered(shared, (clients) => call(clients, order)).catch((error: unknown) => {
      if (!isBeforeRepair(shared, order, error)) throw error
    })
    return
  }
  const late = { ...order, opSeq: order.opSeq - 1n }
  const refusal = await untilAnswered(shared, (clients) => call(clients, late)).catch(
    (error: unknown) => error,
  )
  if (!isDomainError(refusal, 'STALE_COMMAND'))
    throw new Error(`command ${late.opSeq} about ${versionId} came after ${order.opSeq}: ${String(refusal)}`)
}

/**
 * After a repair of the journal of commands storage refuses what was ordered before, and cannot know whether it was
 * done. It is ordered again; what is refused then stays in one of the places where it may be.
 * @returns the order that was carried out
 */
async function carriedOut(
  shared: Soak,
  call: Errand['call'],
  order: VersionOrder,
): Promise<VersionOrder | undefined> {
  try {
    await untilAnswered(shared, (clients) => call(clients, order))
    return order
  } catch (error) {
    if (!isBeforeRepair(shared, order, error)) throw error
  }
  const again = { ...order, ...shared.orders.next(order.versionId) }
  try {
    await untilAnswered(shared, (clients) => call(clients, again))
    return again
  } catch (error) {
    if (isDomainError(error)) return undefined
    throw error
  }
}

/** Whether an order was refused only because a later epoch has begun since. */
export const isBeforeRepair = (
  { orders }: Soak,
  { epoch }: { readonly epoch: bigint },
  error: unknown,
): boolean => isDomainError(error, 'STALE_COMMAND') && epoch < orders.epoch

/**
 * Repeats a call as the worker does: until it is answered.
 * @throws DomainError the refusal
 */
export async function untilAnswered<Answer>(
  { real, address, failed }: Pick<Soak, 'real' | 'address' | 'failed'>,
  call: (clients: StorageClients) => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    const token = await real.workerTicket()
    const clients = connectAs(address, () => token)
    try {
      return await call(clients)
    } catch (error) {
      if (isDomainError(error) && error.kind !== 'unavailable') throw error
      failed.throwIfAborted()
      await delay(30)
    } finally {
      clients.close()
    }
  }
}

/** Does work while nobody else gives commands about the same. */
export async function claiming({ claimed }: Soak, what: string, work: () => Promise<void>): Promise<void> {
  claimed.add(what)
  try {
    await work()
  } finally {
    claimed.delete(what)
  }
}
