import type { Transaction } from 'kysely'
import type { House } from '../db/house-queries.js'
import { readHistory } from '../db/primary-changes-queries.js'
import type { DB, ImageRow } from '../db/tables.js'
import { formatImageDocument } from '../domain/image-document.js'

/** image.json of an image as it is now: every version that was ever sealed, the whole history, every profile. */
export async function readImageDocument(
  trx: Transaction<DB>,
  image: ImageRow,
  house: House,
): Promise<Buffer> {
  const versions = await trx
    .selectFrom('versions')
    .select([
      'versionId',
      'number',
      'lifecycle',
      'note',
      'labels',
      'mark',
      'markReason',
      'protected',
      'holdUntil',
      'verdict',
      'verdictAt',
      'adopted',
      'testOutcome',
      'manifestDigest',
      'sealedAt',
    ])
    .where('imageUid', '=', image.uid)
    .where('manifestDigest', 'is not', null)
    .orderBy('number')
    .execute()
  const profiles = await trx
    .selectFrom('profiles')
    .select(['uid', 'profileId', 'name', 'settings', 'deletedAt'])
    .where('imageUid', '=', image.uid)
    .orderBy('uid')
    .execute()
  const history = await readHistory(trx, image.uid)
  return formatImageDocument({ house, image, versions, history, profiles })
}
