import { lifecycleWords } from '@goldkeep/contracts'
import type { UploadEnd, VersionId } from '@goldkeep/domain'
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

/**
 * Ends an upload while nobody writes it. Storage alone decides: a seal that came first stays.
 * @throws DomainError UPLOAD_BUSY, STALE_COMMAND
 */
export async function endUpload(
  { store, desk, catalog, log }: EndDependencies,
  versionId: VersionId,
  outcome: UploadEnd,
  order: CommandOrder,
): Promise<UploadEnd | 'SEALED'> {
  const decided = await desk.exclusively(versionId, () => store.endUpload(versionId, outcome, order))
  if (decided === 'SEALED') return decided
  const ended = { volumeId: store.identity.volume, versionId, outcome: lifecycleWords.toProto(decided) }
  // A courtesy: whoever gave the command confirms it as well, and tries again until it has.
  catalog.recordEnded({ ...ended, opSeq: BigInt(order.opSeq) }).catch((error: unknown) => {
    log.warn({ err: error, versionId }, 'the catalog was not told that an upload has ended')
  })
  return decided
}
