import type { FilePath, ImageId, Uid, VersionId } from '@goldkeep/domain'
import type { TrashName } from '@goldkeep/volume'

/** The place of a command in the order in which the catalog gave them out. */
export interface CommandOrder {
  readonly epoch: number
  readonly opSeq: number
}

/** A command about one version; of a repeat all fields are the same. */
export interface VersionCommand extends CommandOrder {
  readonly versionId: VersionId
}

/** Which image a version belongs to. */
export interface Belonging {
  readonly imageId: ImageId
  readonly imageUid: Uid
}

/** When something was wished, and by whom. */
interface Wish {
  /** RFC 3339, by the house's clock. */
  readonly time: string
  readonly actor?: string
}

export interface TrashCommand extends VersionCommand, Belonging, Wish {
  readonly reason?: string
}

export interface RestoreCommand extends VersionCommand, Belonging {
  /** Absent: the only one. */
  readonly trashName?: TrashName
}

export interface PurgeCommand extends VersionCommand {
  /** Absent: the only one. */
  readonly trashName?: TrashName
  /** The version's files as the catalog knows them. */
  readonly paths: readonly FilePath[]
}

/** What a purge left, since it was no part of the version. */
export interface Purged {
  /** The first ten, from the version's directory. */
  readonly kept: readonly string[]
  readonly keptCount: number
  /** From the volume's root; absent when nothing was kept. */
  readonly keptIn?: string
}

/** `versionId` is the new version's. */
export interface CloneCommand extends VersionCommand, Belonging, Wish {
  readonly source: VersionId
}

/** `Belonging` is what it will be. */
export interface MoveCommand extends VersionCommand, Belonging {}
