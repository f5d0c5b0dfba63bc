import { sql, type Kysely, type Transaction } from 'kysely'
import { systemActor } from '../domain/actor.js'
import { lacksOnlySeal } from '../domain/upload-completeness.js'
import { inMilliseconds } from '../db/clock.js'
import type { DB } from '../db/tables.js'
import { lockVersion } from '../db/versions-queries.js'
import { requestUploadEnd } from './request-upload-end.js'

/**
 * Uploads whose last byte came too long ago; whether one has really stopped is storage's to say. One that
 * lacks nothing but its seal is a whole capture, which a machine may not be able to make again: it waits.
 * @param expiryMs how long such a one waits until it is looked at again
 * @returns how many are to end
 */
export async function expireUploads(db: Kysely<DB>, expiryMs: number): Promise<number> {
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
    const ended = await db.transaction().execute((trx) => expireUpload(trx, versionId, expiryMs))
    if (ended) expired += 1
  }
  return expired
}

async function expireUpload(trx: Transaction<DB>, versionId: string, expiryMs: number): Promise<boolean> {
  const { schema, capture } = await lockVersion(trx, versionId)
  const still = await trx
    .selectFrom('uploads')
    .select('versionId')
    .where('versionId', '=', versionId)
    .where('expiresAt', '<', sql<Date>`now()`)
    .executeTakeFirst()
  if (!still) return false
  const files = await trx
    .selectFrom('uploadFiles')
    .select(['path', 'state'])
    .where('versionId', '=', versionId)
    .execute()
  if (!lacksOnlySeal(schema, capture, files)) {
    await requestUploadEnd(trx, versionId, 'EXPIRED', systemActor, 'no bytes for too long')
    return true
  }
  await trx
    .updateTable('uploads')
    .set({ expiresAt: inMilliseconds(expiryMs) })
    .where('versionId', '=', versionId)
    .execute()
  return false
}
