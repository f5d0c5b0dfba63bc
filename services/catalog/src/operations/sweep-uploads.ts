import { sql, type Kysely } from 'kysely'
import { systemActor } from '../domain/actor.js'
import type { DB } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'
import { requestUploadEnd } from './request-upload-end.js'

/** Uploads whose last byte came too long ago; whether one has really stopped is storage's to say. */
export async function expireUploads(db: Kysely<DB>): Promise<number> {
  const stale = await db
    .selectFrom('uploads')
    .innerJoin('versions', 'versions.versionId', 'uploads.versionId')
    .select('uploads.versionId')
    .where('uploads.endedAt', 'is', null)
    .where('uploads.expiresAt', '<', sql<Date>`now()`)
    .where('versions.lifecycle', '=', 'UPLOADING')
    .where('versions.pendingCommand', 'is', null)
    .limit(1_000)
    .execute()
  let expired = 0
  for (const { versionId } of stale) {
    const ended = await db.transaction().execute(async (trx) => {
      await lockVersion(trx, versionId)
      const still = await trx
        .selectFrom('uploads')
        .select('versionId')
        .where('versionId', '=', versionId)
        .where('expiresAt', '<', sql<Date>`now()`)
        .executeTakeFirst()
      if (!still) return false
      await requestUploadEnd(trx, versionId, 'EXPIRED', systemActor, 'no bytes for too long')
      return true
    })
    if (ended) expired += 1
  }
  return expired
}
