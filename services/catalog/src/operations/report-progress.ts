import { sql, type Transaction } from 'kysely'
import { listReporting } from '../domain/silent-volumes.js'
import type { Times } from '../domain/times.js'
import { aheadOf, inMilliseconds } from '../db/clock.js'
import { addReadRanges, bytesReadOf, type ReadRanges } from '../db/deployment-reads-queries.js'
import type { DB, UploadFileState } from '../db/tables.js'
import { wakeJobsOfVolume } from '../db/jobs-of-volume.js'
import { listHeardVolumes } from '../db/volumes-queries.js'
import { nobody } from './register-volume.js'
import { nothingPending } from './request-upload-end.js'

export interface ReportedFile {
  readonly path: string
  readonly state: UploadFileState
  readonly attemptId: string
  readonly committedSize: number
  readonly expectedSize: number
  readonly digest: string | null
  readonly failure: string
}

export interface ReportedUpload {
  readonly versionId: string
  readonly files: readonly ReportedFile[]
  readonly lastByteTime: Date | undefined
}

export interface ReportedRead {
  readonly deploymentId: string
  readonly files: readonly ReadRanges[]
  readonly lastReadTime: Date | undefined
}

/** Keeps what storage says of an upload, and keeps the upload alive while bytes arrive. */
export async function reportUpload(
  trx: Transaction<DB>,
  upload: ReportedUpload,
  times: Times,
): Promise<void> {
  const open = await trx
    .selectFrom('versions')
    .select('versionId')
    .where('versionId', '=', upload.versionId)
    .where('lifecycle', '=', 'UPLOADING')
    .forUpdate()
    .executeTakeFirst()
  if (!open) return
  await keepFiles(trx, upload.versionId, upload.files)
  const active = lastActivity(upload)
  if (active === undefined) return
  const alive = await trx
    .updateTable('uploads')
    .set({
      lastByteAt: sql`greatest(last_byte_at, ${active})`,
      expiresAt: sql`greatest(expires_at, ${active} + ${times.uploadExpiryMs} * interval '1 millisecond')`,
    })
    .where('versionId', '=', upload.versionId)
    .returning(sql<boolean>`expires_at > now()`.as('alive'))
    .executeTakeFirst()
  if (alive?.alive) await withdrawExpiry(trx, upload.versionId)
}

/** A connected writer is activity as of now; else the last byte, which no clock may put into the future. */
function lastActivity(upload: ReportedUpload) {
  if (upload.files.some((file) => file.state === 'RECEIVING')) return sql<Date>`now()`
  if (upload.lastByteTime) return sql<Date>`least(now(), ${upload.lastByteTime}::timestamptz)`
  return undefined
}

/** All in one statement; of a file that is there twice, what was said last. */
async function keepFiles(
  trx: Transaction<DB>,
  versionId: string,
  files: readonly ReportedFile[],
): Promise<void> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  if (byPath.size === 0) return
  await trx
    .insertInto('uploadFiles')
    .values([...byPath.values()].map((file) => ({ versionId, ...file })))
    .onConflict((conflict) =>
      conflict.columns(['versionId', 'path']).doUpdateSet(({ ref }) => ({
        state: ref('excluded.state'),
        attemptId: ref('excluded.attemptId'),
        committedSize: ref('excluded.committedSize'),
        expectedSize: ref('excluded.expectedSize'),
        digest: ref('excluded.digest'),
        failure: ref('excluded.failure'),
        updatedAt: sql`now()`,
      })),
    )
    .execute()
}

/** An upload that turns out to be active is not to expire. */
async function withdrawExpiry(trx: Transaction<DB>, versionId: string): Promise<void> {
  await trx
    .updateTable('versions')
    .set(nothingPending)
    .where('versionId', '=', versionId)
    .where('pendingOutcome', '=', 'EXPIRED')
    .execute()
}

/**
 * Counts what a deployment has read, and keeps it alive while it is open. The last bytes are often reported
 * after the machine has finished; they count as well. A database that was put back may not know one that goes on: its
 * machine reads to the end.
 * @returns whether it is known to have ended
 */
export async function reportRead(trx: Transaction<DB>, read: ReportedRead, times: Times): Promise<boolean> {
  const known = await trx
    .selectFrom('deployments')
    .select('deploymentId')
    .where('deploymentId', '=', read.deploymentId)
    .forUpdate()
    .executeTakeFirst()
  if (!known) return false
  await addReadRanges(trx, read.deploymentId, read.files)
  const told = await trx
    .updateTable('deployments')
    .set({
      bytesRead: bytesReadOf(read.deploymentId),
      lastReadAt: sql`greatest(last_read_at, least(now(), ${read.lastReadTime ?? null}::timestamptz))`,
      leaseUntil: sql`case when state = 'OPEN' then ${inMilliseconds(times.deploymentLeaseMs)} else lease_until end`,
    })
    .where('deploymentId', '=', read.deploymentId)
    .returning('state')
    .executeTakeFirst()
  return told?.state !== 'OPEN'
}

export interface ReportedVolume {
  readonly volumeId: string
  readonly capacityBytes: number
  readonly freeBytes: number
  readonly stopping: boolean
  /** By the storage service's own clock. */
  readonly clockTime: Date | undefined
  /** `undefined`: as they were reported before. */
  readonly troubles: readonly string[] | undefined
}

/**
 * Notes how much room a volume has, what its clock says and what is wrong with it, and whether its service stops. What
 * waited for one that had fallen silent is done now.
 */
export async function reportVolume(
  trx: Transaction<DB>,
  volume: ReportedVolume,
  { volumeSilenceMs }: Pick<Times, 'volumeSilenceMs'>,
): Promise<void> {
  const { volumeId, capacityBytes, freeBytes, stopping, clockTime, troubles } = volume
  const reporting = listReporting(await listHeardVolumes(trx), volumeSilenceMs)
  if (!reporting.some((one) => one.volumeId === volumeId)) await wakeJobsOfVolume(trx, volumeId)
  await trx
    .updateTable('volumes')
    .set({
      lastSeenAt: sql`now()`,
      ...(capacityBytes > 0 && { capacityBytes, freeBytes }),
      ...(stopping && { instanceId: nobody }),
      ...(clockTime && { clockAheadMs: aheadOf(clockTime) }),
      ...(troubles && { troubles: [...troubles] }),
    })
    .where('volumeId', '=', volumeId)
    .execute()
}
