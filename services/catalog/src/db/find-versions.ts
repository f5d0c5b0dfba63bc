import { sql, type Kysely } from 'kysely'
import type { DB } from './tables.js'

export async function versionExists(db: Kysely<DB>, versionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('versions')
    .select('versionId')
    .where('versionId', '=', versionId)
    .executeTakeFirst()
  return row !== undefined
}

/** The id of an image's version by number. */
export async function findVersionByNumber(
  db: Kysely<DB>,
  imageUid: string,
  number: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('versions')
    .select('versionId')
    .where('imageUid', '=', imageUid)
    .where('number', '=', number)
    .executeTakeFirst()
  return row?.versionId
}

/** The sealed version of an image with the highest number. */
export async function findLatestSealed(db: Kysely<DB>, imageUid: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('versions')
    .select('versionId')
    .where('imageUid', '=', imageUid)
    .where('lifecycle', '=', 'SEALED')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.versionId
}

/** Ids that begin with the prefix, at most `limit`. */
export async function findVersionsByPrefix(
  db: Kysely<DB>,
  prefix: string,
  imageUid: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('versions')
    .select('versionId')
    .where(sql`version_id`, 'like', `${prefix}%`)
    .$if(imageUid !== undefined, (query) => query.where('imageUid', '=', imageUid as string))
    .orderBy('versionId')
    .limit(limit)
    .execute()
  return rows.map((row) => row.versionId)
}
