import { DomainError, type ImageId } from '@goldkeep/domain'
import {
  comparePublications,
  parseImageDocument,
  primaryLinkTarget,
  volumeLayout,
  type ImageDocument,
  type VolumeIdentity,
} from '@goldkeep/volume'
import type { Publication } from '../publication.js'
import type { StoredVersion } from '../version-store.js'
import type { CommandJournal } from './command-journal.js'
import {
  lookAt,
  makeAgain,
  makeDirectory,
  withDirectory,
  type Directory,
  type VolumeRoot,
} from './directories.js'
import { anotherImage, readImageDocument, type HeldDocument } from './image-documents.js'
import { isErrno } from './syscalls.js'
import type { VolumeContents } from './volume-contents.js'
import { ignoreAbsent, replaceFile, replaceFiles, sha256Of } from './whole-files.js'

const layout = volumeLayout('')

type Publishing = Pick<VolumeContents, 'identity' | 'root' | 'commands' | 'documents'>

/**
 * Writes the records, then image.json, then swaps the link: a reader that finds an image.json finds records
 * that are at least as new. Repeating the image.json that is there only sets the link.
 * @returns the generation of the image.json that is there now; 0: none
 * @throws DomainError STALE_COMMAND, PUBLICATION_CONFLICT, DOCUMENT_UNREADABLE, INVALID_FIELD when the
 *   document is not what the command says
 */
export async function publishImage(volume: Publishing, publication: Publication): Promise<number> {
  const { root, commands, documents } = volume
  const { imageId } = publication
  const next = requireMatching(publication, volume.identity)
  // What the disk says now: a file that somebody has put there must not be written over unread.
  const onDisk = await readImageDocument(root, imageId)
  for (const held of [onDisk, documents.get(imageId)])
    if (held) requireNewer(publication, next?.sha256, held, commands)
  if (onDisk && onDisk.sha256 === next?.sha256) {
    // Whoever wrote it may have ended before this sync.
    await withDirectory(root, layout.image(imageId), (directory) => directory.sync())
    await linkPrimary(root, onDisk.document, publication)
    return onDisk.document.generation
  }
  requireBase(publication, onDisk)
  if (onDisk && onDisk.document.uid !== publication.imageUid)
    await commands.recordSuccession(onDisk.document.uid)
  await writeRecords(root, publication)
  if (!next || !publication.document) return onDisk?.document.generation ?? 0
  await makeDirectory(root, layout.image(imageId))
  await replaceFile(root, layout.imageFile(imageId), publication.document)
  documents.set(imageId, next)
  await linkPrimary(root, next.document, publication)
  return next.document.generation
}

async function writeRecords(root: VolumeRoot, { imageId, records }: Publication): Promise<void> {
  const versions: { name: string; bytes: Uint8Array }[] = []
  const history: { name: string; bytes: Uint8Array }[] = []
  for (const record of records) {
    if ('versionId' in record) versions.push({ name: `${record.versionId}.json`, bytes: record.bytes })
    else history.push({ name: `${record.changeId}.json`, bytes: record.bytes })
  }
  for (const [directory, files] of [
    [layout.versions(imageId), versions],
    [layout.history(imageId), history],
  ] as const) {
    if (files.length === 0) continue
    await makeDirectory(root, directory)
    await replaceFiles(root, directory, files)
  }
}

/**
 * A deleted image's id may be taken by another image, whose generations begin anew: then only the epoch
 * orders the two, and what is published of the former comes too late from then on.
 */
function requireNewer(
  publication: Publication,
  sha256: string | undefined,
  held: HeldDocument,
  commands: CommandJournal,
): void {
  const { imageId, imageUid, epoch, generation } = publication
  const present = held.document
  if (commands.isSucceeded(imageUid)) throw anotherImage(imageId, imageUid, present.uid)
  if (present.uid !== imageUid && !present.deleted_at) throw anotherImage(imageId, imageUid, present.uid)
  const order = present.uid === imageUid ? comparePublications(publication, present) : epoch - present.epoch
  if (order < 0)
    throw new DomainError(
      'STALE_COMMAND',
      `image ${imageId}: generation ${epoch}/${generation} is not after ` +
        `${present.epoch}/${present.generation}, which is on the volume`,
      standOf(imageId, held),
    )
  // A part without an image.json puts none in the place of this one.
  if (sha256 !== undefined && order === 0 && present.uid === imageUid && held.sha256 !== sha256)
    throw new DomainError(
      'PUBLICATION_CONFLICT',
      `image ${imageId}: generation ${epoch}/${generation} was published with another content`,
      standOf(imageId, held),
    )
}

/**
 * Records complete the image.json that they were made for, and no other. That of a deleted image, whose id
 * is used again, counts as none.
 */
function requireBase(publication: Publication, onDisk: HeldDocument | undefined): void {
  const { imageId, imageUid, bases, allowAbsent } = publication
  const base = onDisk?.document.uid === imageUid ? onDisk : undefined
  if (base ? bases.includes(base.sha256) : allowAbsent) return
  throw new DomainError(
    'PUBLICATION_CONFLICT',
    `image ${imageId}: expected an image.json with sha256 ${bases.join(' or ') || 'none'}, ` +
      `found ${base ? `${base.sha256} of generation ${base.document.epoch}/${base.document.generation}` : 'none'}`,
    base ? standOf(imageId, base) : { image_id: imageId },
  )
}

/** What is on the volume, for a catalog whose database may be older than that. */
const standOf = (imageId: ImageId, { document, sha256 }: HeldDocument) => ({
  image_id: imageId,
  image_uid: document.uid,
  epoch: String(document.epoch),
  generation: String(document.generation),
  document_sha256: sha256,
  next_number: String(document.next_number ?? 0),
})

function requireMatching(publication: Publication, { house }: VolumeIdentity): HeldDocument | undefined {
  if (!publication.document) return undefined
  const document = parseImageDocument(publication.document)
  const expected = {
    house,
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
        `image.json: expected ${field} ${String(value)}, found ${String(found)}`,
        { field },
      )
  }
  return { document, sha256: sha256Of(publication.document) }
}

/**
 * Lets the primary link be what image.json says. While the bytes are not here it stays what it is: they may come
 * back, and what it names was good. It goes when they are on other volumes only.
 */
export async function linkPrimary(
  root: VolumeRoot,
  document: ImageDocument,
  { primaryElsewhere = false }: Pick<Publication, 'primaryElsewhere'> = {},
): Promise<void> {
  const { image, primary } = document
  // Its directory, not its manifest: one that cannot be read just now is no reason to take the link away.
  const named = document.deleted_at ? null : primary
  const isHere = named && (await lookAt(root, layout.version(image, named)))
  if (named && !isHere && !primaryElsewhere) return
  const wanted = isHere ? primaryLinkTarget(image, named) : undefined
  await makeAgain(root, layout.primaryImages)
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
  const document = documents.get(imageId)?.document
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
