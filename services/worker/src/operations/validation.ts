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

/** What one run of wimlib-imagex may use. */
export interface WimlibLimits {
  readonly memoryBytes: number
  readonly timeMs: number
}
