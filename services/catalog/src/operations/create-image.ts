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
 * @throws DomainError INVALID_FIELD, IMAGE_EXISTS (ids are unique without regard to case)
 */
export async function createImage(trx: Transaction<DB>, image: NewImage, actor: Actor): Promise<ImageView> {
  const imageId = parseImageId(image.imageId)
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
