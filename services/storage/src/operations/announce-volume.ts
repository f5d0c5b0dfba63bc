import { gatherAnswer, type catalog } from '@goldkeep/contracts'
import { DomainError, isVersionId, parseHouseId, type HouseId, type VolumeId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { CoordinationClient } from '../catalog/coordination.js'
import { listInventory } from './list-inventory.js'
import { spaceOf } from './report-progress.js'
import type { SealReporter } from './report-seals.js'
import { troublesOf, type TroubleDependencies } from './volume-troubles.js'

/** Asks the catalog to which house a new volume shall belong. */
export async function claimHouse(
  catalog: CoordinationClient,
  volume: { readonly volumeId: VolumeId; readonly address: string; readonly instanceId: string },
  signal: AbortSignal,
): Promise<HouseId> {
  return parseHouseId((await catalog.registerVolume(volume, { signal })).houseId)
}

export interface AnnounceDependencies extends TroubleDependencies {
  readonly catalog: CoordinationClient
  readonly reporter: SealReporter
  /** Tells this service from another that serves a copy of the volume. */
  readonly instanceId: string
  readonly log: Logger
}

/**
 * Announces the volume and what it holds, as every start does, and reports the seals that the catalog has
 * not recorded.
 * @returns which database the catalog has, as GetTrust tells it
 * @throws DomainError HOUSE_MISMATCH, VOLUME_SERVED_ELSEWHERE
 */
export async function announceVolume(
  { store, catalog, reporter, disagreement, log, instanceId }: AnnounceDependencies,
  address: string,
  signal: AbortSignal,
): Promise<string> {
  const { house, volume } = store.identity
  const space = await spaceOf(store)
  const troubles = troublesOf({ store, reporter, disagreement })
  const epoch = BigInt(store.epoch)
  const serving = { volumeId: volume, houseId: house, address, instanceId }
  const registration = { ...serving, epoch, ...space, troubles, clockTime: new Date() }
  const answer = await catalog.registerVolume(registration, { signal })
  if (answer.houseId !== house)
    throw new DomainError(
      'HOUSE_MISMATCH',
      `volume ${volume} belongs to house ${house}, the catalog is of house ${answer.houseId}`,
      { expected: house, found: answer.houseId },
    )
  // The house's clock was read before the look: a seal that is recorded meanwhile is not found missing.
  const inventory = asStream(listInventory(store, answer.serverTime))
  const found = await gatherAnswer(catalog.recordInventory(inventory, { signal }))
  warnOf(found, log)
  disagreement.note(found)
  const sealed = store.views().flatMap(({ phase, upload }) => (phase === 'SEALED' ? [upload.versionId] : []))
  for (const versionId of new Set([...found.unrecordedVersionIds.filter(isVersionId), ...sealed]))
    void reporter.report(versionId)
  return answer.incarnation
}

/** There may be thousands of each. */
const shown = 10

function warnOf(answer: catalog.RecordInventoryResponse, log: Logger): void {
  const kinds = {
    missing: answer.missingVersionIds,
    conflicting: answer.conflictingVersionIds,
    unknown: answer.unknownVersionIds,
  }
  const told = Object.entries(kinds).flatMap(([kind, ids]) =>
    ids.length === 0 ? [] : [[kind, { count: ids.length, first: ids.slice(0, shown) }]],
  )
  if (told.length > 0) log.warn(Object.fromEntries(told), 'the catalog and the volume disagree')
}

async function* asStream<Message>(messages: Iterable<Message>): AsyncGenerator<Message> {
  yield* messages
}
