import { sql, type Kysely } from 'kysely'
import type { DB, ImageRow } from '../db/tables.js'

export interface GoodVersion {
  readonly versionId: string
  readonly number: number
}

/**
 * The version to go back to when the primary cannot be deployed: the latest former primary, else the newest that is
 * marked good or VALID; whole on a volume, and not marked bad.
 */
export async function findLastGood(
  db: Kysely<DB>,
  image: Pick<ImageRow, 'uid' | 'primaryVersionId'>,
): Promise<GoodVersion | undefined> {
  const { rows } = await sql<GoodVersion>`
    select version_id as "versionId", number from (
      select versions.*,
        (select max(change_id) from primary_changes where to_version_id = versions.version_id) as was_primary
      from versions
      where image_uid = ${image.uid} and lifecycle = 'SEALED' and pending_command is null
        and mark is distinct from 'BAD' and version_id is distinct from ${image.primaryVersionId}
        and exists (select from locations where locations.version_id = versions.version_id
          and presence = 'PRESENT' and unreadable_since is null)
    ) as candidates
    where was_primary is not null or mark = 'GOOD' or verdict = 'VALID'
    order by was_primary desc nulls last, mark = 'GOOD' desc nulls last, ordinal desc
    limit 1`.execute(db)
  return rows[0]
}
