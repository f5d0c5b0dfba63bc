import type { Capture, ImageId, VersionId, VolumeId } from '@goldkeep/domain'

/** Which version is to be examined, and what it was when it was sealed. */
export interface Validation {
  readonly versionId: VersionId
  readonly imageId: ImageId
  readonly volumeId: VolumeId
  readonly capture: Capture
  /** Of version.json, hex. */
  readonly manifestSha256: string
}

/** What the checks take from the configuration. */
export interface CheckLimits {
  /** What one run of wimlib-imagex may use. */
  readonly wimMemoryBytes: number
  readonly wimTimeoutMs: number
  /** An image with less than this share of what was in use is nearly empty. */
  readonly emptyShare: number
}
