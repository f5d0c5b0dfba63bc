import { DomainError, type ImageId } from '@goldkeep/domain'
import {
  comparePublications,
  parseImageDocument,
  primaryLinkTarget,
  volumeLayout,
  type ImageDocument,
} from '@goldkeep/volume'
import type { Publication } from '../version-store.js'
import { lookAt, makeDirectory, withDirectory, type Directory, type VolumeRoot } from './directories.js'
import { isErrno } from './syscalls.js'
import { ignoreAbsent, readWhole, replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/**
 * Writes image.json, then swaps the link. Repeating the generation that is there only sets the link.
 * @throws DomainError STALE_COMMAND, INVALID_FIELD when the document is not what the command says
 */
export async function publishImage(
  root: VolumeRoot,
  publication: Publication,
  present: ImageDocument | undefined,
): Promise<ImageDocument> {
  const document = requireMatching(publication)
  const order = present ? comparePublications(publication, present) : 1
  if (present && present.uid !== publication.imageUid && !present.deleted_at)
    throw new DomainError(
      'STALE_COMMAND',
      `image ${present.image} on the volume is ${present.uid}, not ${publication.imageUid}`,
      { image_id: present.image, expected: publication.imageUid, found: present.uid },
    )
  if (present && order < 0)
    throw new DomainError(
      'STALE_COMMAND',
      `image ${present.image}: generation ${publication.epoch}/${publication.generation} is not after ` +
        `${present.epoch}/${present.generation}, which is on the volume`,
      { image_id: present.image, epoch: String(present.epoch), generation: String(present.generation) },
    )
  if (order > 0) {
    await makeDirectory(root, layout.image(publication.imageId))
    await replaceFile(root, layout.imageFile(publication.imageId), publication.document)
  } else {
    // Whoever wrote it may have ended before this sync.
    await withDirectory(root, layout.image(publication.imageId), (directory) => directory.sync())
  }
  const effective = order > 0 ? document : (present ?? document)
  await linkPrimary(root, effective)
  return effective
}

function requireMatching(publication: Publication): ImageDocument {
  const document = parseImageDocument(publication.document)
  const expected = {
    image: publication.imageId,
    uid: publication.imageUid,
    epoch: publication.epoch,
    generation: publication.generation,
    primary: publication.primary ?? null,
  }
  for (const [field, value] of Object.entries(expected)) {
    const found = document[field]
    if (found !== value)
      throw new DomainError(
        'INVALID_FIELD',
        `image.json: expected ${field} ${String(value)} as the command says, found ${String(found)}`,
        { field },
      )
  }
  return document
}

/** Lets the primary link be what image.json says, if the bytes are here, or removes it. */
export async function linkPrimary(root: VolumeRoot, document: ImageDocument): Promise<void> {
  const { image, primary } = document
  // Its directory, not its manifest: one that cannot be read just now is no reason to take the link away.
  const holds = primary && !document.deleted_at && (await lookAt(root, layout.version(image, primary)))
  const wanted = holds && primary ? primaryLinkTarget(image, primary) : undefined
  await withDirectory(root, layout.primaryImages, async (directory) => {
    await setLink(root, directory, image, wanted)
    // Also when it was right: whoever set it may have ended before this sync.
    await directory.sync()
  })
}

async function setLink(
  root: VolumeRoot,
  directory: Directory,
  image: ImageId,
  wanted: string | undefined,
): Promise<void> {
  const link = directory.at(image)
  if ((await readLink(root, link)) === wanted) return
  if (wanted === undefined) return root.sys.unlink(link)
  const beside = directory.at(`.${image}.new`)
  await root.sys.unlink(beside).catch(ignoreAbsent)
  await root.sys.symlink(wanted, beside)
  await root.sys.rename(beside, link)
}

async function readLink(root: VolumeRoot, path: string): Promise<string | undefined> {
  try {
    return await root.sys.readlink(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    if (isErrno(error, 'EINVAL'))
      throw new DomainError(
        'IO_ERROR',
        'what stands where the primary link belongs is not a link; move it away',
      )
    throw error
  }
}

export async function readImageDocument(
  root: VolumeRoot,
  imageId: ImageId,
): Promise<ImageDocument | undefined> {
  const bytes = await readWhole(root, layout.imageFile(imageId))
  return bytes && parseImageDocument(bytes)
}
