import type { FilePath, ImageId, VersionId } from '@goldkeep/domain'

/** Where a version's bytes may be. In `purging` they may be there in part. */
export type Place = 'staging' | 'versions' | 'trash' | 'purging' | 'nowhere'

export interface KnownVersion {
  /** Whose it is; two while it is moved. */
  images: ReadonlySet<ImageId>
  /** With the schema. */
  readonly files: ReadonlyMap<string, Buffer>
  /** One place once a command was answered; several while it is under way. */
  may: ReadonlySet<Place>
  /** Of the last command that was answered; an earlier one must be refused. */
  lastSeq?: number
}

/** What storage said of one staged file. */
export interface KnownFile {
  /** Absent while the answer to a Restart is awaited. */
  readonly attemptId?: string
  /** What the attempt's producer sends, from its first byte. */
  readonly bytes: Buffer
  /** The highest size that was acknowledged. */
  readonly committed: number
  readonly complete: boolean
  /** Whether a fault may have broken the attempt, which then must be begun anew. */
  readonly mayBreak?: boolean
}

/** `SEALING` only where a fault held up a seal: it is rolled forward by asking again, or by a start. */
export type UploadIs = 'ABSENT' | 'OPEN' | 'SEALING' | 'SEALED' | 'ENDED'

export interface KnownUpload {
  readonly files: Map<FilePath, KnownFile>
  /** Files of which a Restart was sent and not answered: anything may have become of them. */
  readonly restarting: Set<FilePath>
  may: ReadonlySet<UploadIs>
}

export interface KnownImage {
  /** The highest generation that was acknowledged. */
  generation: number
  /** What the primary link may point to; undefined stands for no link. */
  mayLink: ReadonlySet<VersionId | undefined>
}

/** What a careful client remembers of its dealings with storage, to hold storage to its word. */
export interface Ledger {
  readonly versions: Map<VersionId, KnownVersion>
  readonly uploads: Map<VersionId, KnownUpload>
  readonly images: Map<ImageId, KnownImage>
  /** What others put on the volume, by its path in it. */
  readonly strangers: Map<string, Buffer>
}

export const newLedger = (): Ledger => ({
  versions: new Map(),
  uploads: new Map(),
  images: new Map(),
  strangers: new Map(),
})

/** A copy that can be written on; bytes are shared. */
export function copyLedger(ledger: Ledger): Ledger {
  return {
    versions: new Map([...ledger.versions].map(([id, known]) => [id, { ...known }])),
    uploads: new Map(
      [...ledger.uploads].map(([id, { files, restarting, may }]) => [
        id,
        { files: new Map(files), restarting: new Set(restarting), may },
      ]),
    ),
    images: new Map([...ledger.images].map(([id, known]) => [id, { ...known }])),
    strangers: new Map(ledger.strangers),
  }
}

export function knownUpload(ledger: Ledger, versionId: VersionId): KnownUpload {
  const known = ledger.uploads.get(versionId)
  if (!known) throw new Error(`the test began no upload ${versionId}`)
  return known
}

export function knownVersion(ledger: Ledger, versionId: VersionId): KnownVersion {
  const known = ledger.versions.get(versionId)
  if (!known) throw new Error(`the test knows no version ${versionId}`)
  return known
}
