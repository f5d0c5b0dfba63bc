import { hostname } from 'node:os'
import { findWimlib } from '@goldkeep/checks'
import { connectQueues } from '@goldkeep/jobs'
import { runPhases, type Logger } from '@goldkeep/service'
import type { ClaimDesk } from './claims/claim-desk.js'
import { workUnderClaim } from './claims/work-under-claim.js'
import type { WorkerConfig } from './config.js'
import { connectCatalog, storageCaller } from './connect-services.js'
import { readableVolume } from './operations/read-version.js'
import { createJobs } from './jobs/jobs.js'

export interface RunningWorker {
  /** Aborts what runs, so that another worker takes it; resolves when nothing of the worker is left. */
  readonly stop: () => Promise<void>
}

/** Given to running jobs to notice that they were aborted. */
const closeMs = 10_000

/** Wires a worker together and lets it take jobs from its queues. */
export async function startWorker(
  config: WorkerConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningWorker> {
  const wimlib = await findWimlib()
  if (!wimlib)
    log.warn('wimlib-imagex is not installed here: versions with WIM files are left to other workers')
  const catalog = connectCatalog(config)
  const desk: ClaimDesk = {
    coordination: catalog.coordination,
    workerId: `${hostname()}:${process.pid}`,
    capabilities: async () => [
      ...(wimlib ? ['wimlib'] : []),
      ...(await readableVolume(config.volume)).map((volumeId) => `volume:${volumeId}`),
    ],
    log,
  }
  const queues = await connectQueues(config.queueUrl, log).catch((error: unknown) => {
    catalog.close()
    throw error
  })
  const stop = (): Promise<void> =>
    runPhases(log, [
      { name: 'queues', timeoutMs: closeMs + 5_000, run: () => queues.close() },
      { name: 'catalog', timeoutMs: 1_000, run: async () => catalog.close() },
    ])
  const { concurrency, jobLock: lockMs, stalledInterval: stalledIntervalMs } = config
  const jobs = createJobs({ storage: storageCaller(config), volume: config.volume, checks: config.checks })
  try {
    for (const queue of config.queues) {
      signal.throwIfAborted()
      await queues.startWorker(queue, (job) => workUnderClaim(desk, job, jobs[queue]), {
        concurrency,
        lockMs,
        stalledIntervalMs,
        closeMs,
      })
    }
  } catch (error) {
    await stop()
    throw error
  }
  log.info({ workerId: desk.workerId, queues: config.queues, wimlib }, 'the worker takes jobs')
  return { stop }
}
