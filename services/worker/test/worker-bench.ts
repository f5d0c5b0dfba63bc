import { connectQueues, type Queues, type QueueName } from '@goldkeep/jobs'
import { createLogger } from '@goldkeep/service'
import { startTestRedis, waitUntil } from '@goldkeep/testing'
import { loadWorkerConfig, startWorker, type RunningWorker } from '../src/index.js'
import {
  serviceKey,
  startFakeCatalog,
  type FakeCatalog,
  type Report,
  type ReportName,
  type RequestOf,
} from './fake-house.js'
import { makeVolume } from './make-volume.js'

/** A worker at a real queue, with a fake catalog and a volume. */
export async function openWorkerBench() {
  const log = createLogger('worker', 'silent')
  const catalog = await startFakeCatalog()
  const volume = await makeVolume()
  const redis = await startTestRedis()
  const queues: Queues = await connectQueues(redis.url, log)
  const workers = new Set<RunningWorker>()
  let jobs = 0

  const start = async (): Promise<RunningWorker> => {
    const config = loadWorkerConfig({
      GOLDKEEP_SERVICE_KEY: Buffer.from(serviceKey).toString('base64'),
      GOLDKEEP_CATALOG_ADDRESS: catalog.address,
      GOLDKEEP_QUEUE_URL: redis.url,
      GOLDKEEP_VOLUME: volume.path,
      GOLDKEEP_JOB_LOCK: '1s',
      GOLDKEEP_STALLED_INTERVAL: '1s',
    })
    const worker = await startWorker(config, log, new AbortController().signal)
    workers.add(worker)
    return worker
  }

  return {
    catalog,
    volume,
    start,
    /** Gives the queue a job that the catalog knows. */
    give: async (queue: QueueName, work: Parameters<FakeCatalog['jobs']['set']>[1]): Promise<string> => {
      const jobId = `job-${(jobs += 1)}`
      catalog.jobs.set(jobId, work)
      await queues.enqueue(queue, `out-${jobs}`, { jobId })
      return jobId
    },
    /** The first report of this kind on the job, once it has come. */
    report: async <Rpc extends ReportName>(jobId: string, rpc: Rpc): Promise<RequestOf<Rpc>> => {
      const isWanted = (report: Report): boolean => report.rpc === rpc && report.request.jobId === jobId
      const what = `${rpc} of ${jobId}`
      const report = await waitUntil(() => catalog.reports.find(isWanted), { what, timeoutMs: 15_000 })
      return report.request as RequestOf<Rpc>
    },
    stop: async (): Promise<void> => {
      await Promise.all([...workers].map((worker) => worker.stop()))
      await queues.close()
      await catalog.stop()
      await redis.stop()
      await volume.remove()
    },
  }
}

export type WorkerBench = Awaited<ReturnType<typeof openWorkerBench>>
