import { DomainError } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { endJobsOfVolume } from '../db/jobs-of-volume.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'
import { getVolume, listHeardVolumes, lockVolume } from '../db/volumes-queries.js'
import type { Actor } from '../domain/actor.js'
import { listReporting } from '../domain/silent-volumes.js'
import type { Times } from '../domain/times.js'
import { recordEnded } from './record-ended.js'
import { nobody } from './register-volume.js'
import { nothingPending } from './request-upload-end.js'

interface VolumeOrder {
  readonly volumeId: string
  readonly reason: string
}

/**
 * Takes a volume for lost, by a person's word: what it held is MISSING, its open uploads are aborted, its jobs end, and
 * no publication waits for it. Nothing on its disk is touched. Harmless to repeat.
 * @throws DomainError VOLUME_NOT_FOUND, VOLUME_REPORTS while its storage service reports, INVALID_FIELD
 */
export async function retireVolume(
  trx: Transaction<DB>,
  { volumeId, reason }: VolumeOrder,
  actor: Actor,
  { volumeSilenceMs }: Pick<Times, 'volumeSilenceMs'>,
): Promise<void> {
  requireReason(reason)
  if ((await lockVolume(trx, volumeId)).retiredAt) return
  const reporting = listReporting(await listHeardVolumes(trx), volumeSilenceMs)
  if (reporting.some((volume) => volume.volumeId === volumeId)) throw await stillReports(trx, volumeId)
  await trx
    .updateTable('volumes')
    .set({
      retiredAt: sql`now()`,
      retiredReason: reason,
      retiredBy: JSON.stringify(actor),
      instanceId: nobody,
      rivalAddress: null,
      rivalSeenAt: null,
    })
    .where('volumeId', '=', volumeId)
    .execute()
  await loseVersions(trx, volumeId)
  await abortUploads(trx, volumeId, actor)
  await endJobsOfVolume(trx, volumeId)
  await trx.deleteFrom('publications').where('volumeId', '=', volumeId).execute()
  await trx.deleteFrom('foreignImages').where('volumeId', '=', volumeId).execute()
  await recordAct(trx, { actor, action: 'retire-volume', reason, details: { volumeId } })
}

/**
 * Lets a retired volume come back: its storage service registers it again, and its inventory tells what it holds.
 * Harmless to repeat.
 * @throws DomainError VOLUME_NOT_FOUND, INVALID_FIELD
 */
export async function takeBackVolume(
  trx: Transaction<DB>,
  { volumeId, reason }: VolumeOrder,
  actor: Actor,
): Promise<void> {
  requireReason(reason)
  if (!(await lockVolume(trx, volumeId)).retiredAt) return
  await trx
    .updateTable('volumes')
    .set({ retiredAt: null, retiredReason: '', retiredBy: null, returnedAt: null })
    .where('volumeId', '=', volumeId)
    .execute()
  await recordAct(trx, { actor, action: 'take-back-volume', reason, details: { volumeId } })
}

function requireReason(reason: string): void {
  if (reason.trim() !== '') return
  throw new DomainError('INVALID_FIELD', 'reason: expected why, found none', { field: 'reason' })
}

async function stillReports(trx: Transaction<DB>, volumeId: string): Promise<DomainError> {
  const { address, lastSeenAt } = await getVolume(trx, volumeId)
  return new DomainError(
    'VOLUME_REPORTS',
    `volume ${volumeId}: expected one that is gone, found that its storage service at ${address} reported at ` +
      `${lastSeenAt.toISOString()}; stop that service first, and wait until the volume is shown as silent`,
    { volume_id: volumeId, address },
  )
}

async function loseVersions(trx: Transaction<DB>, volumeId: string): Promise<void> {
  await trx
    .updateTable('locations')
    .set({
      presence: 'MISSING',
      found: 'its volume was retired',
      unreadableSince: null,
      lookWantedAt: null,
      doubtedAt: null,
      lastChecked: sql`now()`,
    })
    .where('volumeId', '=', volumeId)
    .execute()
}

/** Storage alone ends uploads, and this one is gone: so are their bytes. One that it has sealed is taken if it returns. */
async function abortUploads(trx: Transaction<DB>, volumeId: string, actor: Actor): Promise<void> {
  const open = await trx
    .selectFrom('uploads')
    .innerJoin('versions', 'versions.versionId', 'uploads.versionId')
    .select('uploads.versionId')
    .where('uploads.volumeId', '=', volumeId)
    .where('versions.lifecycle', '=', 'UPLOADING')
    .orderBy('uploads.versionId')
    .execute()
  for (const { versionId } of open) await recordEnded(trx, versionId, 'ABORTED', actor)
  await trx
    .updateTable('versions')
    .from('uploads')
    .set({ ...nothingPending, revision: sql`versions.revision + 1` })
    .whereRef('versions.versionId', '=', 'uploads.versionId')
    .where('uploads.volumeId', '=', volumeId)
    .where('versions.pendingCommand', '=', 'END_UPLOAD')
    .execute()
}
