import { DomainError, newUid, parseImageId, type Capture } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { getImageByUid, type ImageView } from '../db/images-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'

export interface NewImage {
  readonly imageId: string
  readonly description: string
  readonly labels: Readonly<Record<string, string>>
  readonly environment: Capture['environment']
  readonly type: Capture['type']
}

/**
 * Makes an image without versions.
 * @throws DomainError INVALID_FIELD, IMAGE_ON_VOLUME, IMAGE_EXISTS (ids are unique without regard to case)
 */
export async function createImage(trx: Transaction<DB>, image: NewImage, actor: Actor): Promise<ImageView> {
  const imageId = parseImageId(image.imageId)
  await refuseForeign(trx, imageId)
  const row = await trx
    .insertInto('images')
    .values({ ...image, imageId, uid: newUid(), labels: JSON.stringify(image.labels) })
    .onConflict((conflict) =>
      conflict
        .expression(sql`lower(image_id)`)
        .where('deletedAt', 'is', null)
        .doNothing(),
    )
    .returning('uid')
    .executeTakeFirst()
  if (!row)
    throw new DomainError(
      'IMAGE_EXISTS',
      `image ${imageId}: there is one of this name already (upper and lower case are the same); choose another`,
      { image_id: imageId },
    )
  await recordAct(trx, { actor, action: 'create-image', imageUid: row.uid })
  return getImageByUid(trx, row.uid)
}

/** @throws DomainError IMAGE_ON_VOLUME */
async function refuseForeign(trx: Transaction<DB>, imageId: string): Promise<void> {
  const foreign = await trx
    .selectFrom('foreignImages')
    .selectAll()
    .where(sql<boolean>`lower(image_id) = lower(${imageId})`)
    .executeTakeFirst()
  if (!foreign) return
  throw new DomainError(
    'IMAGE_ON_VOLUME',
    `image ${imageId}: volume ${foreign.volumeId} has an image of this name, ${foreign.imageUid}, that this catalog ` +
      'does not know, since its database was put back from an older copy; choose another name',
    { image_id: imageId, volume_id: foreign.volumeId, found: foreign.imageUid },
  )
}
