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
  readonly catalog: Pick<CoordinationClient, 'recordEnded'>
  readonly log: Logger
}

export interface EndOrder {
  readonly versionId: VersionId
  readonly outcome: UploadEnd
  readonly order: CommandOrder
  /** Milliseconds without a byte before which it does not expire. */
  readonly idleMs: number
}

/**
 * Ends an upload. Storage alone decides: a seal that came first stays. An abort is a person's word: whoever writes
 * is told so, and leaves. An upload that is being written does not expire.
 * @throws DomainError UPLOAD_BUSY, STALE_COMMAND
 */
export async function endUpload(
  { store, desk, catalog, log }: EndDependencies,
  { versionId, outcome, order, idleMs }: EndOrder,
): Promise<UploadEnd | 'SEALED'> {
  const isAbort = outcome === 'ABORTED'
  // A late command must not end a stream.
  if (isAbort) store.requireEndable(versionId, order)
  const end = (): Promise<UploadEnd | 'SEALED'> => {
    if (!isAbort) refuseActive(store, versionId, idleMs)
    return store.endUpload(versionId, outcome, order)
  }
  const decided = await desk.exclusively(versionId, end, isAbort ? aborted(versionId) : undefined)
  if (decided === 'SEALED') return decided
  const ended = { volumeId: store.identity.volume, versionId, outcome: lifecycleWords.toProto(decided) }
  // Only to be quick: whoever gave the command confirms it as well, and tries again until it has.
  catalog.recordEnded({ ...ended, opSeq: BigInt(order.opSeq) }).catch((error: unknown) => {
    log.warn({ err: error, versionId }, 'the catalog was not told that an upload has ended')
  })
  return decided
}

const aborted = (versionId: VersionId): DomainError =>
  new DomainError('UPLOAD_ENDED', `upload ${versionId} was aborted; begin another`, {
    version_id: versionId,
    outcome: 'ABORTED',
  })

/** An upload that received bytes after the catalog decided to end it goes on; the catalog hears of its bytes. */
function refuseActive(store: VersionStore, versionId: VersionId, idleMs: number): void {
  const view = store.views().find(({ upload }) => upload.versionId === versionId)
  if (view?.phase !== 'OPEN') return
  const silentMs = Date.now() - new Date(view.lastByteTime).getTime()
  if (silentMs >= idleMs) return
  throw new DomainError(
    'UPLOAD_BUSY',
    `upload ${versionId}: its last byte came ${Math.round(silentMs / 1000)} s ago; it expires after ${idleMs / 1000} s`,
    { version_id: versionId },
  )
}
