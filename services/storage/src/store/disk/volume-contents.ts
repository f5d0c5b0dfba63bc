import { DomainError, isDomainError, type ImageId, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { VolumeIdentity } from '@goldkeep/volume'
import type { Unreadable } from '../unreadable.js'
import type { StoredVersion, VersionCopy } from '../version-store.js'
import type { CommandJournal } from './command-journal.js'
import type { VolumeRoot } from './directories.js'
import type { HeldDocument } from './image-documents.js'
import type { PurgeLane } from './purge-lane.js'
import type { StagedDirectory } from './staged-upload.js'
import type { TrashIndex } from './trash-index.js'

/** What a start has read from the volume, and what the store keeps up to date from then on. */
export interface VolumeContents {
  readonly identity: VolumeIdentity
  readonly root: VolumeRoot
  readonly log: Logger
  readonly commands: CommandJournal
  readonly index: Map<VersionId, StoredVersion>
  readonly copies: VersionCopy[]
  /** What could not be read so far; see VersionStore.unreadable. */
  readonly unreadable: Set<Unreadable>
  readonly trash: TrashIndex
  readonly uploads: Map<VersionId, StagedDirectory>
  /** Uploads that are on the volume and could not be recovered, each with what went wrong. */
  readonly unrecovered: ReadonlyMap<VersionId, unknown>
  /** By image id. */
  readonly documents: Map<string, HeldDocument>
  readonly purges: PurgeLane
  /** Versions whose directory is being renamed now; resolves when the maps above say where it is. */
  readonly relocating: Map<VersionId, Promise<void>>
  /** Versions of which a rename could not be synced: where they are after a loss of power is not known. */
  readonly unsynced: Map<VersionId, unknown>
}

/**
 * Refuses to decide anything about an upload that is on the volume and is not known: it may be sealing.
 * @throws DomainError IO_ERROR, JOURNAL_DAMAGED
 */
export function requireRecovered({ unrecovered }: VolumeContents, versionId: VersionId): void {
  if (!unrecovered.has(versionId)) return
  const why = unrecovered.get(versionId)
  if (isDomainError(why, 'JOURNAL_DAMAGED')) throw why
  throw new DomainError(
    'IO_ERROR',
    `upload ${versionId} could not be recovered when storage started, and is kept; the log says why. ` +
      'Put that right, then restart storage',
    { version_id: versionId },
    { cause: why },
  )
}

/**
 * Refuses commands about a version whose rename could not be synced: a second sync would prove nothing.
 * @throws DomainError IO_ERROR
 */
export function requireSynced({ unsynced }: VolumeContents, versionId: VersionId): void {
  if (!unsynced.has(versionId)) return
  throw new DomainError(
    'IO_ERROR',
    `version ${versionId}: the volume failed while its directory was renamed; restart storage, then repeat`,
    { version_id: versionId },
    { cause: unsynced.get(versionId) },
  )
}

/**
 * Refuses to decide anything about a version that may be on the volume where it cannot be read.
 * @param imageId of which image it can be only; absent: of any
 * @throws DomainError IO_ERROR
 */
export function requireReadable(
  { unreadable }: Pick<VolumeContents, 'unreadable'>,
  versionId: VersionId,
  imageId?: ImageId,
): void {
  for (const one of unreadable) {
    if (one.what === 'version' && one.versionId === versionId) throw notRead(versionId, 'its manifest')
    const mayHoldIt = one.what === 'versions' && (imageId === undefined || one.imageId === imageId)
    if (mayHoldIt) throw notRead(versionId, `the versions of image ${one.imageId}`)
  }
}

function notRead(versionId: VersionId, what: string): DomainError {
  return new DomainError(
    'IO_ERROR',
    `version ${versionId}: the volume could not read ${what}; storage tries again by itself, the log says why`,
    { version_id: versionId },
  )
}
