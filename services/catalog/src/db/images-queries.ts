import { DomainError } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import { wantPublications } from './publications-queries.js'
import type { DB, ImageRow } from './tables.js'

/** An image with what its primary adds. */
export interface ImageView extends ImageRow {
  readonly primaryNumber: number | null
}

const selectImages = (db: Kysely<DB>) =>
  db
    .selectFrom('images')
    .leftJoin('versions as primaryVersion', 'primaryVersion.versionId', 'images.primaryVersionId')
    .selectAll('images')
    .select('primaryVersion.number as primaryNumber')
    .where('images.deletedAt', 'is', null)

export const imageNotFound = (imageId: string): DomainError =>
  new DomainError('IMAGE_NOT_FOUND', `image ${imageId}: not found`, {
    image_id: imageId,
  })

/** Found without regard to case. @throws DomainError IMAGE_NOT_FOUND */
export async function getImage(db: Kysely<DB>, imageId: string): Promise<ImageView> {
  const row = await selectImages(db)
    .where(sql`lower(images.image_id)`, '=', imageId.toLowerCase())
    .executeTakeFirst()
  if (!row) throw imageNotFound(imageId)
  return row
}

/** @throws DomainError IMAGE_NOT_FOUND */
export async function getImageByUid(db: Kysely<DB>, uid: string): Promise<ImageView> {
  const row = await selectImages(db).where('images.uid', '=', uid).executeTakeFirst()
  if (!row) throw imageNotFound(uid)
  return row
}

/** Locks the image's row: what changes an image, its pointer or its numbers takes this lock first. */
export async function lockImage(trx: Transaction<DB>, imageId: string): Promise<ImageRow> {
  const row = await trx
    .selectFrom('images')
    .selectAll()
    .where(sql`lower(image_id)`, '=', imageId.toLowerCase())
    .where('deletedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw imageNotFound(imageId)
  return row
}

export async function lockImageByUid(trx: Transaction<DB>, uid: string): Promise<ImageRow> {
  const row = await trx.selectFrom('images').selectAll().where('uid', '=', uid).forUpdate().executeTakeFirst()
  if (!row) throw imageNotFound(uid)
  return row
}

export function listImages(
  db: Kysely<DB>,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<ImageView[]> {
  return selectImages(db)
    .$if(page.after !== undefined, (query) => query.where(sql`lower(images.image_id)`, '>', page.after))
    .orderBy(sql`lower(images.image_id)`)
    .limit(page.limit)
    .execute()
}

export interface ImageChange {
  /** The version of which something that is published has changed. */
  readonly versionId?: string
  readonly counts?: { readonly sealedCount: number; readonly sealedBytes: number }
}

/**
 * Raises the image's generation and etag, and asks for its publication; every change that is published comes
 * through here, under the image's lock.
 */
export async function publishChange(
  trx: Transaction<DB>,
  uid: string,
  { versionId, counts }: ImageChange = {},
): Promise<void> {
  const { generation } = await trx
    .updateTable('images')
    .set({
      ...counts,
      generation: sql`generation + 1`,
      generationId: sql`gen_random_uuid()`,
      revision: sql`revision + 1`,
      updatedAt: sql`now()`,
    })
    .where('uid', '=', uid)
    .returning('generation')
    .executeTakeFirstOrThrow()
  if (versionId)
    await trx.updateTable('versions').set({ generation }).where('versionId', '=', versionId).execute()
  await wantPublications(trx, uid, generation)
}

/**
 * A database that was put back gives numbers out again until it hears what the volumes have. No number that a volume
 * has seen given out is that of another version once it is sealed: what is not sealed by then gets another.
 * @param seen the next number by an image.json that this database did not make; the image is locked
 */
export async function leaveNumbersBelow(trx: Transaction<DB>, uid: string, seen: number): Promise<void> {
  const { nextNumber } = await trx
    .selectFrom('images')
    .select('nextNumber')
    .where('uid', '=', uid)
    .executeTakeFirstOrThrow()
  const from = Math.max(nextNumber, seen)
  const renumbered = await sql`
    update versions set number = ${from}::integer + later.place
    from (
      select version_id, (row_number() over (order by number))::integer - 1 as place
      from versions where image_uid = ${uid} and manifest_digest is null and number < ${seen}
    ) as later
    where versions.version_id = later.version_id`.execute(trx)
  await trx
    .updateTable('images')
    .set({ nextNumber: from + Number(renumbered.numAffectedRows ?? 0n) })
    .where('uid', '=', uid)
    .execute()
}

/**
 * Moves the primary pointer from where it was seen.
 * @throws DomainError PRIMARY_CHANGED when it is elsewhere by now
 */
export async function movePointer(
  trx: Transaction<DB>,
  uid: string,
  from: string | null,
  to: string | null,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('images')
    .set({ primaryVersionId: to })
    .where('uid', '=', uid)
    .where('primaryVersionId', 'is not distinct from', from)
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw new DomainError(
      'PRIMARY_CHANGED',
      `image ${uid}: expected the primary ${from ?? 'none'}, found another; look again, then decide`,
      { expected: from ?? '' },
    )
  await publishChange(trx, uid)
}
