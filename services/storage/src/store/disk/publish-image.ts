import { DomainError, type ImageId } from '@goldkeep/domain'
import {
  comparePublications,
  parseImageDocument,
  primaryLinkTarget,
  volumeLayout,
  type ImageDocument,
} from '@goldkeep/volume'
import type { Publication, StoredVersion } from '../version-store.js'
import type { CommandJournal } from './command-journal.js'
import { lookAt, makeDirectory, withDirectory, type Directory, type VolumeRoot } from './directories.js'
import { anotherImage, readImageDocument } from './image-documents.js'
import { isErrno } from './syscalls.js'
import type { VolumeContents } from './volume-contents.js'
import { ignoreAbsent, replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/**
 * Writes image.json, then swaps the link. Repeating the generation that is there only sets the link.
 * @throws DomainError STALE_COMMAND, DOCUMENT_UNREADABLE, INVALID_FIELD when the document is not what the
 *   command says
 */
export async function publishImage(
  { root, commands, documents }: Pick<VolumeContents, 'root' | 'commands' | 'documents'>,
  publication: Publication,
): Promise<ImageDocument> {
  const { imageId } = publication
  const document = requireMatching(publication)
  // What the disk says now: a file that somebody has put there must not be written over unread.
  const onDisk = await readImageDocument(root, imageId)
  const known = documents.get(imageId)
  for (const present of [onDisk, known]) if (present) requireNewer(publication, present, commands)
  if (onDisk && isSame(onDisk, publication)) {
    // Whoever wrote it may have ended before this sync.
    await withDirectory(root, layout.image(imageId), (directory) => directory.sync())
    await linkPrimary(root, onDisk)
    return onDisk
  }
  if (onDisk && onDisk.uid !== publication.imageUid) await commands.recordSuccession(onDisk.uid)
  await makeDirectory(root, layout.image(imageId))
  await replaceFile(root, layout.imageFile(imageId), publication.document)
  documents.set(imageId, document)
  await linkPrimary(root, document)
  return document
}

const isSame = (document: ImageDocument, { imageUid, ...stand }: Publication): boolean =>
  document.uid === imageUid && comparePublications(document, stand) === 0

/**
 * A deleted image's id may be taken by another image, whose generations begin anew: then only the epoch
 * orders the two, and what is published of the former comes too late from then on.
 */
function requireNewer(publication: Publication, present: ImageDocument, commands: CommandJournal): void {
  const { imageId, imageUid, epoch, generation } = publication
  if (commands.isSucceeded(imageUid)) throw anotherImage(imageId, imageUid, present.uid)
  if (present.uid !== imageUid && !present.deleted_at) throw anotherImage(imageId, imageUid, present.uid)
  const isStale =
    present.uid === imageUid ? comparePublications(publication, present) < 0 : epoch < present.epoch
  if (!isStale) return
  throw new DomainError(
    'STALE_COMMAND',
    `image ${imageId}: generation ${epoch}/${generation} is not after ` +
      `${present.epoch}/${present.generation}, which is on the volume`,
    { image_id: imageId, epoch: String(present.epoch), generation: String(present.generation) },
  )
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

/** A version that is back, or new, in an image of which it is the primary by what was published. */
export async function linkRestored(
  { root, documents }: Pick<VolumeContents, 'root' | 'documents'>,
  { imageId, versionId }: StoredVersion,
): Promise<void> {
  const document = documents.get(imageId)
  if (document?.primary === versionId) await linkPrimary(root, document)
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
