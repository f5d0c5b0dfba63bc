import { cleanText, textLimits } from '@goldkeep/domain'
import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Times } from '../domain/times.js'
import { inMilliseconds } from '../db/clock.js'
import { enqueueAgain, failJobForGood, finishJob, isFromLater, lockJob } from '../db/jobs-queries.js'
import type { DB, JobRow } from '../db/tables.js'
import { volumeOfJob } from '../db/jobs-of-volume.js'
import { listHeardVolumes } from '../db/volumes-queries.js'
import { listReporting } from '../domain/silent-volumes.js'
import { hadItsTries } from './try-again-later.js'
import { deriveWork, type Work } from './derive-work.js'

export interface Claimant {
  readonly workerId: string
  readonly capabilities: readonly string[]
}

export type ClaimOutcome =
  | { readonly claimToken: string; readonly leaseMs: number; readonly work: Work }
  | { readonly refusal: 'DONE' | 'HELD' | 'INCAPABLE' | 'SILENT_VOLUME' }

/** How long a job waits for a worker that is able to do it, before the queue hears of it again. */
const incapableDelayMs = 5_000
/** The same for a volume that is silent; its first report puts its jobs into the queue at once. */
const silentDelayMs = 10 * 60_000

/**
 * Gives a job to one worker for a while, with what is to be done as of now. A job that the catalog does not
 * know comes from a queue that outlived its database: nothing is left to do.
 */
export async function claimJob(
  trx: Transaction<DB>,
  jobId: string,
  claimant: Claimant,
  times: Times,
): Promise<ClaimOutcome> {
  const job = await lockJob(trx, jobId)
  if (!job || job.state !== 'open') return { refusal: 'DONE' }
  if (await isHeld(trx, jobId)) return { refusal: 'HELD' }
  // Its worker was not heard of again, however often it was tried: the file may be what ends workers.
  if (hadItsTries(job, times.validationTries)) {
    await failJobForGood(trx, jobId, job.lastError || 'no worker that examined it came to an end')
    return { refusal: 'DONE' }
  }
  // Its storage would not answer, and the worker would wait for it instead of serving the others.
  if (await isForSilentVolume(trx, job, times)) {
    await enqueueAgain(trx, job, silentDelayMs)
    return { refusal: 'SILENT_VOLUME' }
  }
  const work = await deriveWork(trx, job.kind, job.subjectId, times)
  if (!work) {
    await finishJob(trx, jobId)
    return { refusal: 'DONE' }
  }
  const lack = lackOf(claimant, work)
  if (lack !== undefined) {
    if (job.attempts === 0) await noteLack(trx, jobId, `worker ${claimant.workerId} ${lack}`)
    await enqueueAgain(trx, job, incapableDelayMs)
    return { refusal: 'INCAPABLE' }
  }
  const claimToken = randomUUID()
  await trx
    .updateTable('jobs')
    .set({
      claimToken,
      workerId: claimant.workerId,
      claimExpiresAt: inMilliseconds(times.claimLeaseMs),
      attempts: sql`attempts + 1`,
      // What another worker lacked.
      ...(job.attempts === 0 && { lastError: '' }),
      updatedAt: sql`now()`,
    })
    .where('jobId', '=', jobId)
    .execute()
  return { claimToken, leaseMs: times.claimLeaseMs, work }
}

async function isForSilentVolume(trx: Transaction<DB>, job: JobRow, times: Times): Promise<boolean> {
  const volumeId = await volumeOfJob(trx, job)
  if (volumeId === null) return false
  const reporting = listReporting(await listHeardVolumes(trx), times.volumeSilenceMs)
  return !reporting.some((volume) => volume.volumeId === volumeId)
}

/** What keeps a worker from the work. One that names volumes can read no others. */
function lackOf({ capabilities }: Claimant, work: Work): string | undefined {
  if (work.kind !== 'validate') return undefined
  const volumes = capabilities.filter((one) => one.startsWith('volume:'))
  if (volumes.length > 0 && !volumes.includes(`volume:${work.volumeId}`))
    return `does not have volume ${work.volumeId} mounted as its GOLDKEEP_VOLUME`
  if (work.needsWimlib && !capabilities.includes('wimlib')) return 'has no wimlib-imagex'
  return undefined
}

async function noteLack(trx: Transaction<DB>, jobId: string, lack: string): Promise<void> {
  const lastError = cleanText(lack, textLimits.prose)
  await trx.updateTable('jobs').set({ lastError }).where('jobId', '=', jobId).execute()
}

async function isHeld(trx: Transaction<DB>, jobId: string): Promise<boolean> {
  const held = await trx
    .selectFrom('jobs')
    .select('jobId')
    .where('jobId', '=', jobId)
    .where('claimExpiresAt', '>', sql<Date>`now()`)
    .where(sql<boolean>`not ${isFromLater}`)
    .executeTakeFirst()
  return held !== undefined
}
