import { bestPresence, type Presence } from '@goldkeep/domain'
import { sql, type Kysely } from 'kysely'
import { shownPresence } from '../db/locations-queries.js'
import { imageNotFound } from '../db/images-queries.js'
import type { DB } from '../db/tables.js'
import { noPrimary } from './resolve-version.js'

export interface PrimaryView {
  readonly imageId: string
  readonly versionId: string
  readonly number: number
  readonly presence: Presence
  readonly promoteTime: Date | undefined
  readonly etag: string
}

/**
 * The version that an image deploys now, in one query: every machine that boots asks for it.
 * @throws DomainError IMAGE_NOT_FOUND, NO_PRIMARY
 */
export async function getPrimary(db: Kysely<DB>, imageId: string): Promise<PrimaryView> {
  const row = await db
    .selectFrom('images')
    .leftJoin('versions', 'versions.versionId', 'images.primaryVersionId')
    .select(['images.imageId', 'images.revision', 'versions.versionId', 'versions.number'])
    .select((from) => [
      from
        .selectFrom('locations')
        .select(sql<Presence[]>`array_agg(${shownPresence})`.as('presences'))
        .whereRef('locations.versionId', '=', 'images.primaryVersionId')
        .as('presences'),
      from
        .selectFrom('primaryChanges')
        .select('primaryChanges.changedAt')
        .whereRef('primaryChanges.imageUid', '=', 'images.uid')
        .orderBy('primaryChanges.changeId', 'desc')
        .limit(1)
        .as('changedAt'),
    ])
    .where(sql`lower(images.image_id)`, '=', imageId.toLowerCase())
    .where('images.deletedAt', 'is', null)
    .executeTakeFirst()
  if (!row) throw imageNotFound(imageId)
  if (row.versionId === null || row.number === null) throw noPrimary(row.imageId)
  return {
    imageId: row.imageId,
    versionId: row.versionId,
    number: row.number,
    presence: bestPresence(row.presences ?? []),
    promoteTime: row.changedAt ?? undefined,
    etag: String(row.revision),
  }
}
