import { DomainError, type VersionId } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import type { ImageDocument } from '@goldkeep/volume'
import type { StoredVersion } from '../version-store.js'
import type { CommandJournal } from './command-journal.js'
import type { VolumeRoot } from './directories.js'
import type { StagedDirectory } from './staged-upload.js'

/** What a start has read from the volume, and what the store keeps up to date from then on. */
export interface VolumeContents {
  readonly root: VolumeRoot
  readonly log: Logger
  readonly commands: CommandJournal
  readonly index: Map<VersionId, StoredVersion>
  readonly uploads: Map<VersionId, StagedDirectory>
  /** Uploads that are on the volume and could not be recovered, each with what went wrong. */
  readonly unrecovered: ReadonlyMap<VersionId, unknown>
  /** By image id. */
  readonly documents: Map<string, ImageDocument>
}

/**
 * Refuses to decide anything about an upload that is on the volume and is not known: it may be sealing.
 * @throws DomainError IO_ERROR
 */
export function requireRecovered({ unrecovered }: VolumeContents, versionId: VersionId): void {
  if (!unrecovered.has(versionId)) return
  throw new DomainError(
    'IO_ERROR',
    `upload ${versionId} could not be recovered when storage started, and is kept; the log says why. ` +
      'Put that right, then restart storage',
    { version_id: versionId },
    { cause: unrecovered.get(versionId) },
  )
}
