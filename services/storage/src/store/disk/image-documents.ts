import { DomainError, isDomainError, type ImageId, type VersionId } from '@goldkeep/domain'
import { parseImageDocument, volumeLayout, type ImageDocument } from '@goldkeep/volume'
import type { Belonging } from '../version-commands.js'
import type { VolumeRoot } from './directories.js'
import { readWhole, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

/** An image.json with the digest of its bytes. */
export interface HeldDocument {
  readonly document: ImageDocument
  /** Hex. */
  readonly sha256: string
}

/**
 * The image.json of an image, if there is one.
 * @throws DomainError DOCUMENT_UNREADABLE when it is not JSON, of a newer format, or another image's
 */
export async function readImageDocument(
  root: VolumeRoot,
  imageId: ImageId,
): Promise<HeldDocument | undefined> {
  const bytes = await readWhole(root, layout.imageFile(imageId))
  if (!bytes) return undefined
  const document = parseOrRefuse(imageId, bytes)
  if (document.image === imageId) return { document, sha256: sha256Of(bytes) }
  throw unreadable(imageId, `it is that of image ${document.image}`)
}

function parseOrRefuse(imageId: ImageId, bytes: Uint8Array): ImageDocument {
  try {
    return parseImageDocument(bytes)
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw unreadable(imageId, error.message, error)
  }
}

function unreadable(imageId: ImageId, why: string, cause?: Error): DomainError {
  return new DomainError(
    'DOCUMENT_UNREADABLE',
    `${layout.imageFile(imageId)} is kept as it is: ${why}. Put it right or move it away, then repeat`,
    { image_id: imageId },
    { cause },
  )
}

/**
 * Whether what image.json on the volume says lets the version go. One that cannot be read may name it.
 * @throws DomainError VERSION_IN_USE, DOCUMENT_UNREADABLE
 */
export async function refusePrimary(
  root: VolumeRoot,
  imageId: ImageId,
  versionId: VersionId,
): Promise<ImageDocument | undefined> {
  const document = (await readImageDocument(root, imageId))?.document
  if (document?.primary !== versionId || document.deleted_at) return document
  throw new DomainError(
    'VERSION_IN_USE',
    `version ${versionId} is the primary of image ${imageId} on the volume; promote another or clear the ` +
      'primary, and let that be published, then repeat',
    { version_id: versionId, image_id: imageId, holder: 'primary' },
  )
}

/**
 * Whether the image that a command means is the one that is on the volume.
 * @throws DomainError STALE_COMMAND, DOCUMENT_UNREADABLE
 */
export async function requireSameImage(root: VolumeRoot, { imageId, imageUid }: Belonging): Promise<void> {
  const document = (await readImageDocument(root, imageId))?.document
  if (document && document.uid !== imageUid && !document.deleted_at)
    throw anotherImage(imageId, imageUid, document.uid)
}

/**
 * Refuses an upload to an image in whose place the volume has another: its version could never be published.
 * @throws DomainError IMAGE_ON_VOLUME, DOCUMENT_UNREADABLE
 */
export async function requireNoOtherImage(root: VolumeRoot, { imageId, imageUid }: Belonging): Promise<void> {
  const document = (await readImageDocument(root, imageId))?.document
  if (!document || document.uid === imageUid || document.deleted_at) return
  throw new DomainError(
    'IMAGE_ON_VOLUME',
    `image ${imageId}: the volume has another image of this name, ${document.uid}, and expected ${imageUid}; ` +
      'the database of the catalog is older than the volume. Upload to an image of another name',
    { image_id: imageId, expected: imageUid, found: document.uid },
  )
}

export function anotherImage(imageId: ImageId, expected: string, found: string): DomainError {
  return new DomainError('STALE_COMMAND', `image ${imageId} on the volume is ${found}, not ${expected}`, {
    image_id: imageId,
    expected,
    found,
  })
}
