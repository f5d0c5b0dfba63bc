import { WaitingError, type Job } from 'bullmq'
import { jobPayload, type JobPayload, type QueueName } from './queue-names.js'
import type { BackendWorker, BackendWorkerOptions, QueueBackend } from './queue-backend.js'
import type { JobHandler, QueueLog, QueueWorker, WorkerSettings } from './queues.js'
import { settlesWithin } from './settles-within.js'

/** A job whose workers died this often without a word is dropped; the sweeper puts it back. */
const maxStalledCount = 10

/** Starts taking jobs off one queue; resolves when the worker listens. */
export async function runWorker(
  backend: QueueBackend,
  queue: QueueName,
  handler: JobHandler,
  settings: WorkerSettings,
  log: QueueLog,
): Promise<QueueWorker> {
  const closing = new AbortController()
  const running = new Set<Promise<void>>()
  const run = async (job: Job<JobPayload>, token?: string, lost?: AbortSignal): Promise<void> => {
    const signal = lost ? AbortSignal.any([closing.signal, lost]) : closing.signal
    try {
      signal.throwIfAborted()
      await handler({ payload: jobPayload.parse(job.data), signal })
    } catch (error) {
      if (!closing.signal.aborted) throw error
      // Not a failed run: the next worker takes it at once.
      await job.moveToWait(token)
      throw new WaitingError()
    }
  }
  const process: typeof run = (job, token, lost) => {
    const work = run(job, token, lost).finally(() => running.delete(work))
    running.add(work)
    return work
  }
  const worker = backend.createWorker(queue, process, workerOptions(settings))
  worker.on('error', (err) => log.warn({ err, queue }, 'queue worker'))
  worker.on('failed', (job, err) => log.warn({ err, queue, jobId: job?.data.jobId }, 'job failed'))
  worker.on('stalled', (jobId) => log.warn({ queue, jobId }, 'job taken over from a silent worker'))
  // Another worker may have it by now: stop working on it.
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'the lock on the job was lost')
  })
  await worker.waitUntilReady()
  return {
    close: async () => {
      closing.abort(new Error('the worker is stopping'))
      await closeWithin(worker, running, settings.closeMs ?? 10_000)
    },
  }
}

function workerOptions(settings: WorkerSettings): BackendWorkerOptions {
  return {
    concurrency: settings.concurrency ?? 1,
    lockDuration: settings.lockMs ?? 30_000,
    stalledInterval: settings.stalledIntervalMs ?? 30_000,
    maxStalledCount,
    // How soon it tries again after its queue was away.
    runRetryDelay: 1_000,
  }
}

/**
 * A worker's own close waits for its jobs without end. Here jobs that do not hear the abort are left
 * behind: their locks run out, and another worker takes them.
 */
async function closeWithin(
  worker: BackendWorker,
  running: ReadonlySet<Promise<void>>,
  milliseconds: number,
): Promise<void> {
  // Not waiting for what runs, only taking nothing more; a queue that has vanished may never answer to it.
  await settlesWithin(worker.pause(true), milliseconds)
  const idle = await settlesWithin(Promise.allSettled(running), milliseconds)
  await settlesWithin(worker.close(!idle), milliseconds)
}
