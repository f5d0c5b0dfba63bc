import type { ImageId, VersionId } from '@goldkeep/domain'

/** It is on the volume, and nothing is known of it: nothing may be decided from that. */
export type Unreadable = { readonly imageId: ImageId } & (
  | { readonly what: 'version'; readonly versionId: VersionId }
  /** The list of an image's versions: any may be in it. */
  | { readonly what: 'versions' }
  | { readonly what: 'image.json' }
)
