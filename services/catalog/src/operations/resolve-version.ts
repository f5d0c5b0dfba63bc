import { DomainError, listed } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import { parseVersionReference, type VersionReference } from '../domain/version-reference.js'
import {
  findLatestSealed,
  findVersionByNumber,
  findVersionsByPrefix,
  versionExists,
} from '../db/find-versions.js'
import { getImage, type ImageView } from '../db/images-queries.js'
import type { DB } from '../db/tables.js'
import { referenceNotFound } from '../db/versions-queries.js'

/**
 * The id of the version that a person names.
 * @throws DomainError INVALID_FIELD, IMAGE_NOT_FOUND, VERSION_NOT_FOUND, NO_PRIMARY, AMBIGUOUS_REFERENCE
 */
export async function resolveVersion(db: Kysely<DB>, text: string): Promise<string> {
  const reference = parseVersionReference(text)
  if (reference.by === 'id') return resolveId(db, reference.versionId)
  const image = reference.imageId === undefined ? undefined : await getImage(db, reference.imageId)
  if (reference.by === 'prefix') return resolvePrefix(db, reference.prefix, image)
  const found = image && (await findInImage(db, reference, image))
  if (!found) throw referenceNotFound(text)
  return found
}

/** What looks like an id may be the beginning of a longer one; the whole one comes first. */
async function resolveId(db: Kysely<DB>, versionId: string): Promise<string> {
  const isWhole = await versionExists(db, versionId)
  return isWhole ? versionId : resolvePrefix(db, versionId, undefined)
}

async function findInImage(
  db: Kysely<DB>,
  reference: Exclude<VersionReference, { by: 'id' | 'prefix' }>,
  image: ImageView,
): Promise<string | undefined> {
  if (reference.by === 'number') return findVersionByNumber(db, image.uid, reference.number)
  if (reference.by === 'latest') return findLatestSealed(db, image.uid)
  if (image.primaryVersionId === null) throw noPrimary(image.imageId)
  return image.primaryVersionId
}

/** How many of an ambiguous prefix's versions are looked up: one more than are shown. */
const prefixLimit = 11

async function resolvePrefix(db: Kysely<DB>, prefix: string, image: ImageView | undefined): Promise<string> {
  const found = await findVersionsByPrefix(db, prefix, image?.uid, prefixLimit)
  const [only] = found
  if (only === undefined) throw referenceNotFound(prefix)
  if (found.length === 1) return only
  throw new DomainError(
    'AMBIGUOUS_REFERENCE',
    `${prefix}: expected the beginning of one version's id, found ${listed(found)}; give more of it`,
    { reference: prefix, candidates: listed(found) },
  )
}

export const noPrimary = (imageId: string): DomainError =>
  new DomainError('NO_PRIMARY', `image ${imageId}: nothing has been promoted yet; promote a version first`, {
    image_id: imageId,
  })
