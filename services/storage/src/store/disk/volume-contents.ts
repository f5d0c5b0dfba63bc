import type { VersionId } from '@goldkeep/domain'
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
  /** By image id. */
  readonly documents: Map<string, ImageDocument>
}
