import type { ChangeId, ImageId, Uid, VersionId } from '@goldkeep/domain'

/** A part of a publication. */
export interface Publication {
  readonly imageId: ImageId
  readonly imageUid: Uid
  readonly epoch: number
  readonly generation: number
  readonly records: readonly PublishedRecord[]
  /** The content of image.json; absent: more parts follow. */
  readonly document?: Uint8Array
  readonly primary?: VersionId
  /** The primary's bytes are on other volumes only. */
  readonly primaryElsewhere?: boolean
  /** SHA-256 of each image.json, hex, that the records complete. */
  readonly bases: readonly string[]
  /** Whether the volume may have none. */
  readonly allowAbsent: boolean
}

/** A document beside image.json. */
export type PublishedRecord = { readonly bytes: Uint8Array } & (
  { readonly versionId: VersionId } | { readonly changeId: ChangeId }
)

export interface PublishedImage {
  readonly imageId: ImageId
  readonly imageUid: Uid
  readonly epoch: number
  readonly generation: number
  /** SHA-256 of image.json, hex. */
  readonly sha256: string
  /** 0 when the document does not say. */
  readonly nextNumber: number
  readonly isDeleted: boolean
}
