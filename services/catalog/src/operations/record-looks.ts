import { sql, type Transaction } from 'kysely'
import { lockOpenJobs, restartJob } from '../db/jobs-queries.js'
import { addPublications } from '../db/publications-queries.js'
import type { DB } from '../db/tables.js'
import { weighLook, type Look, type WeighedLook } from '../domain/weigh-look.js'

export interface ReportedLook extends Look {
  readonly versionId: string
  /** The time of the question that it answers. */
  readonly wantedTime: Date | undefined
}

/**
 * Keeps what storage found when it looked at versions of its volume. A version that is not sealed, or that the volume
 * never had, is passed over. Those whose bytes may be others since are validated, by a validation that begins after
 * this: one that has begun may have read the bytes before, and what it reports is refused from now on.
 */
export async function recordLooks(
  trx: Transaction<DB>,
  volumeId: string,
  looks: readonly ReportedLook[],
): Promise<void> {
  // A report of findings takes the job before the location.
  await lockOpenJobs(
    trx,
    'validate',
    looks.map(({ versionId }) => versionId),
  )
  const known = await lockKnown(trx, volumeId, looks)
  const weighed = looks.flatMap((look) => {
    const location = known.get(look.versionId)
    if (!location) return []
    const { versionId, wantedTime } = look
    return [{ versionId, wantedTime, ...weighLook(location, look, location) }]
  })
  await keepWeighed(trx, volumeId, weighed)
  await addPublications(
    trx,
    volumeId,
    weighed.filter(({ presence }) => presence !== 'MISSING').map(({ versionId }) => versionId),
  )
  for (const { versionId, isDoubted } of weighed) if (isDoubted) await restartJob(trx, 'validate', versionId)
}

async function lockKnown(trx: Transaction<DB>, volumeId: string, looks: readonly ReportedLook[]) {
  const ids = looks.map(({ versionId }) => versionId)
  const rows = await trx
    .selectFrom('locations')
    .innerJoin('versions', 'versions.versionId', 'locations.versionId')
    .innerJoin('images', 'images.uid', 'versions.imageUid')
    .select(['versions.versionId', 'versions.manifestDigest', 'images.imageId'])
    .select(['locations.presence', 'locations.found', 'locations.fingerprint'])
    .where(sql<boolean>`locations.version_id = any(${sql.val(ids)}::text[])`)
    .where('locations.volumeId', '=', volumeId)
    .where('versions.lifecycle', '=', 'SEALED')
    .orderBy('locations.versionId')
    .forUpdate('locations')
    .execute()
  return new Map(rows.map((row) => [row.versionId, row]))
}

/** A question that was asked after this look began stays unanswered. */
async function keepWeighed(
  trx: Transaction<DB>,
  volumeId: string,
  weighed: readonly (WeighedLook & { readonly versionId: string; readonly wantedTime: Date | undefined })[],
): Promise<void> {
  if (weighed.length === 0) return
  await sql`
    update locations set presence = look.presence, found = look.found, fingerprint = look.fingerprint,
      unreadable_since = case when look."isUnreadable" then coalesce(unreadable_since, now()) end,
      look_wanted_at = case when look_wanted_at > coalesce(look."wantedTime", '-infinity')
        then look_wanted_at end,
      doubted_at = case when look."isDoubted" then now() else doubted_at end, last_checked = now()
    from jsonb_to_recordset(${JSON.stringify(weighed)}::jsonb) as look ("versionId" text, presence text,
      found text, fingerprint text, "isUnreadable" boolean, "isDoubted" boolean,
      "wantedTime" timestamptz)
    where locations.version_id = look."versionId" and locations.volume_id = ${volumeId}`.execute(trx)
}
