import type { AttemptId, FilePath, ImageId, Uid, UploadEnd, VersionId } from '@goldkeep/domain'
import type { Manifest, TrashName, VolumeIdentity } from '@goldkeep/volume'
import type { Publication, PublishedImage } from './publication.js'
import type { Unreadable } from './unreadable.js'
import type { SealEntry, StagedUpload, UploadView } from './upload.js'
import type {
  CloneCommand,
  CommandOrder,
  MoveCommand,
  PurgeCommand,
  Purged,
  RestoreCommand,
  TrashCommand,
} from './version-commands.js'

/**
 * Keeps staged uploads and sealed versions. What it has acknowledged is durable. Faults of the medium are
 * DomainErrors NO_SPACE and IO_ERROR; nothing above this port assumes a file system.
 *
 * Calls that change one upload (all but `openAttempt`s of different files), and commands about one version,
 * come one at a time, and no publication of an image while a command moves a version out of it or into it:
 * `operations/` sees to it.
 */
export interface VersionStore {
  readonly identity: VolumeIdentity
  /** The highest epoch of the catalog that this volume has seen. */
  readonly epoch: number

  /**
   * Stages an upload with its schema; repeating it is harmless.
   * @throws DomainError UPLOAD_ENDED, SCHEMA_MISMATCH when it is staged with another schema
   */
  stage(upload: StagedUpload, schema: Uint8Array): Promise<UploadView>
  /** @throws DomainError UPLOAD_NOT_FOUND, UPLOAD_ENDED */
  view(versionId: VersionId): Promise<UploadView>
  /** Every staged upload, those that are sealed and not yet forgotten included. */
  views(): readonly UploadView[]

  /**
   * Begins or goes on with an attempt of a file; there must be no other writer of it.
   * @param onHashing told how many bytes of a resumed file have been read again
   * @throws DomainError ATTEMPT_SUPERSEDED, ATTEMPT_BROKEN, OFFSET_MISMATCH, FILE_COMPLETE, SEAL_BEGUN
   */
  openAttempt(
    versionId: VersionId,
    path: FilePath,
    mode: AttemptMode,
    onHashing: (bytes: number) => void,
  ): Promise<AttemptWriter>

  /**
   * Compares what is staged with the list of the seal.
   * @throws DomainError FILE_MISSING, FILE_UNFINISHED, SIZE_MISMATCH, DIGEST_MISMATCH, EXTRA_STAGED_FILES
   */
  prepareSeal(versionId: VersionId, entries: readonly SealEntry[]): Promise<SealCandidate>
  /** Makes the version: whole and durable when it resolves. */
  seal(versionId: VersionId, manifest: Manifest): Promise<StoredVersion>
  /** Ends a seal that had begun; `undefined` when none had. */
  completeSeal(versionId: VersionId): Promise<StoredVersion | undefined>
  /** Removes what is left of the staging of a version that the catalog has recorded. */
  forgetUpload(versionId: VersionId): Promise<void>

  /** @throws DomainError STALE_COMMAND, ORDER_CONFLICT when `endUpload` would refuse the command for its place */
  requireEndable(versionId: VersionId, order: CommandOrder): void

  /**
   * Ends an upload that has not begun to seal, and removes its bytes.
   * @returns what became of it: a seal that came first wins
   * @throws DomainError STALE_COMMAND
   */
  endUpload(versionId: VersionId, outcome: UploadEnd, order: CommandOrder): Promise<UploadEnd | 'SEALED'>

  /**
   * Takes a version to the trash, where it can still be read.
   * @returns the name of its directory there
   * @throws DomainError STALE_COMMAND, VERSION_NOT_FOUND, VERSION_NOT_SEALED, VERSION_GONE, VERSION_IN_USE,
   *   DOCUMENT_UNREADABLE
   */
  trash(command: TrashCommand): Promise<TrashName>
  /**
   * Takes a version back from the trash; one that is in its place is answered as done.
   * @throws DomainError STALE_COMMAND, VERSION_NOT_FOUND, VERSION_GONE, VERSION_DAMAGED, PLACE_TAKEN,
   *   AMBIGUOUS_REFERENCE, DOCUMENT_UNREADABLE
   */
  restore(command: RestoreCommand): Promise<StoredVersion>
  /**
   * Ends a version in the trash. A file that is none of its own is kept, with its directories.
   * @throws DomainError STALE_COMMAND, VERSION_IN_USE, VERSION_DAMAGED, AMBIGUOUS_REFERENCE
   */
  purge(command: PurgeCommand): Promise<Purged>
  /**
   * Makes another version of the same bytes.
   * @throws DomainError STALE_COMMAND, VERSION_NOT_FOUND, VERSION_NOT_SEALED, VERSION_GONE, VERSION_DAMAGED,
   *   PLACE_TAKEN, DOCUMENT_UNREADABLE
   */
  clone(command: CloneCommand): Promise<StoredVersion>
  /**
   * Gives a version to another image.
   * @throws DomainError STALE_COMMAND, VERSION_NOT_FOUND, VERSION_NOT_SEALED, VERSION_GONE, VERSION_IN_USE,
   *   PLACE_TAKEN, DOCUMENT_UNREADABLE
   */
  move(command: MoveCommand): Promise<StoredVersion>

  /** `undefined` when the volume does not hold it, or has it in the trash. */
  findVersion(versionId: VersionId): StoredVersion | undefined
  versions(): readonly StoredVersion[]
  /** What lies in the trash, also what a purge has not ended yet. */
  trashed(): readonly TrashedVersion[]
  /** Directories of versions that are none of `versions()`: they are told, and left alone. */
  copies(): readonly VersionCopy[]
  /** What could not be read so far, since the volume failed. */
  unreadable(): readonly Unreadable[]
  /**
   * Looks whether a version is whole: its manifest as before, and every file with its size; no content is read. One
   * that is back is found again, and one whose directory is gone is no more among `versions()`. No command about it
   * or its image may run meanwhile.
   * @param imageId the image in whose directory it is to be
   */
  examine(versionId: VersionId, imageId: ImageId): Promise<ExaminedVersion>
  /** Tries to read it once more. No command about its image may run meanwhile. */
  lookAgain(unreadable: Unreadable): Promise<void>
  /**
   * version.json, byte for byte; also of a version in the trash.
   * @throws DomainError VERSION_NOT_FOUND, VERSION_GONE, VERSION_DAMAGED
   */
  readManifest(versionId: VersionId): Promise<Uint8Array>
  /**
   * Once open it can be read to its end, whatever becomes of the version.
   * @throws DomainError VERSION_NOT_FOUND, VERSION_GONE, VERSION_DAMAGED, FILE_NOT_FOUND
   */
  openFile(versionId: VersionId, path: FilePath): Promise<OpenFile>

  /**
   * Writes the records, then the image's document if the part has it, and then lets its primary name point
   * to the version.
   * @returns the generation of the document that is on the volume now; 0: none
   * @throws DomainError STALE_COMMAND, PUBLICATION_CONFLICT, INVALID_FIELD, DOCUMENT_UNREADABLE
   */
  publish(publication: Publication): Promise<number>
  publications(): readonly PublishedImage[]
  /** The last command about each version that is remembered. */
  lastCommands(): readonly (CommandOrder & { readonly versionId: VersionId })[]

  /** What an administrator must see to, a sentence each: what was found damaged and is kept as it is. */
  troubles(): readonly string[]
  space(): Promise<{ readonly capacityBytes: number; readonly freeBytes: number }>
  close(): Promise<void>
}

export type AttemptMode =
  | { readonly kind: 'restart' }
  | { readonly kind: 'resume'; readonly attemptId: AttemptId; readonly offset: number }

/** Receives the bytes of one attempt, in order. */
export interface AttemptWriter {
  readonly attemptId: AttemptId
  /** Bytes taken so far. */
  readonly size: number
  readonly committedSize: number
  /** Takes bytes; resolves when there is room for more, which is before they are written. */
  append(data: Uint8Array): Promise<void>
  /** Makes everything taken so far durable, and resolves with its size. */
  commit(): Promise<number>
  /**
   * Completes the file.
   * @returns its SHA-256, hex
   * @throws DomainError SIZE_MISMATCH, DIGEST_MISMATCH
   */
  finish(size: number, sha256: string): Promise<string>
  /** Records that the producer failed; the attempt cannot be gone on with. */
  fail(failure: string): Promise<void>
  close(): Promise<void>
}

/** A file's bytes at any offset. */
export interface OpenFile {
  readonly size: number
  readonly sha256: string
  /**
   * May return less than asked for at the end of the file.
   * @param into where the bytes are put, if given: `length` bytes
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}

/** A staged upload whose files are all complete and as listed. */
export interface SealCandidate {
  readonly view: UploadView
  readonly schema: Uint8Array
  readonly files: readonly StoredFile[]
}

export interface StoredFile {
  readonly path: FilePath
  readonly size: number
  readonly sha256: string
  open(): Promise<OpenFile>
}

export interface StoredVersion {
  readonly versionId: VersionId
  readonly imageId: ImageId
  readonly imageUid: Uid
  /** SHA-256 of version.json, hex. */
  readonly manifestDigest: string
}

/** What a look at a version found. */
export type ExaminedVersion =
  | {
      readonly presence: 'PRESENT'
      /** In whose directory it is. */
      readonly imageId: ImageId
      readonly manifestDigest: string
      /** Changes when a file was replaced or written to, also where its size is the same; hex. */
      readonly fingerprint: string
    }
  | { readonly presence: 'MISSING' | 'DAMAGED' | 'UNREADABLE'; readonly found: string }

export interface TrashedVersion {
  readonly versionId: VersionId
  readonly name: TrashName
  /** Whence it came; absent when neither its sidecar nor its manifest can be read. */
  readonly imageId?: ImageId
  readonly imageUid?: Uid
  /** Hex; absent when its manifest cannot be read. */
  readonly manifestDigest?: string
  /** Its purge has begun to remove it. */
  readonly isPurging: boolean
}

/** A second directory of one version, or one that has no manifest of its version. */
export interface VersionCopy {
  readonly versionId: VersionId
  readonly imageId: ImageId
  /** Hex; absent when the manifest is absent, damaged or another version's. */
  readonly manifestDigest?: string
}
