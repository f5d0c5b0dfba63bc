import { lifecycleWords } from '@goldkeep/contracts'
import { DomainError, type UploadEnd, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { CoordinationClient } from '../catalog/coordination.js'
import type { CommandOrder } from '../store/version-commands.js'
import type { VersionStore } from '../store/version-store.js'
import type { UploadDesk } from './upload-desk.js'

export interface EndDependencies {
  readonly store: VersionStore
  readonly desk: UploadDesk
  readonly catalog: CoordinationClient
  readonly log: Logger
}

export interface EndOrder {
  readonly versionId: VersionId
  readonly outcome: UploadEnd
  readonly order: CommandOrder
  /** Milliseconds without a byte before which it is not ended. */
  readonly idleMs: number
}

/**
 * Ends an upload while nobody writes it. Storage alone decides: a seal that came first stays.
 * @throws DomainError UPLOAD_BUSY, STALE_COMMAND
 */
export async function endUpload(
  { store, desk, catalog, log }: EndDependencies,
  { versionId, outcome, order, idleMs }: EndOrder,
): Promise<UploadEnd | 'SEALED'> {
  const decided = await desk.exclusively(versionId, () => {
    refuseActive(store, versionId, idleMs)
    return store.endUpload(versionId, outcome, order)
  })
  if (decided === 'SEALED') return decided
  const ended = { volumeId: store.identity.volume, versionId, outcome: lifecycleWords.toProto(decided) }
  // A courtesy: whoever gave the command confirms it as well, and tries again until it has.
  catalog.recordEnded({ ...ended, opSeq: BigInt(order.opSeq) }).catch((error: unknown) => {
    log.warn({ err: error, versionId }, 'the catalog was not told that an upload has ended')
  })
  return decided
}

/** An upload that came to life again after the catalog gave it up goes on; the catalog hears of its bytes. */
function refuseActive(store: VersionStore, versionId: VersionId, idleMs: number): void {
  const view = store.views().find(({ upload }) => upload.versionId === versionId)
  // An abort is a person's word and asks for no silence: no clock decides about it.
  if (view?.phase !== 'OPEN' || idleMs === 0) return
  const silentMs = Date.now() - new Date(view.lastByteTime).getTime()
  if (silentMs >= idleMs) return
  throw new DomainError(
    'UPLOAD_BUSY',
    `upload ${versionId}: its last byte came ${Math.round(silentMs / 1000)} s ago; it expires after ${idleMs / 1000} s`,
    { version_id: versionId },
  )
}
