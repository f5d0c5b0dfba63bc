import { openPostgresBackend } from './postgres-backend.js'
import type { BackendQueue, QueueBackend } from './queue-backend.js'
import type { QueueName } from './queue-names.js'
import type { Queues, QueueLog, QueueSettings, QueueWorker } from './queues.js'
import { openRedisBackend } from './redis-backend.js'
import { runWorker } from './run-worker.js'
import { settlesWithin } from './settles-within.js'

/** Connections to a queue that has vanished may never end in order. */
const closeMs = 5_000

/**
 * Connects to the queues at a `redis:`, `rediss:`, `postgres:` or `postgresql:` address. On PostgreSQL the
 * queues' tables are made or brought up to date first.
 */
export async function connectQueues(
  url: string,
  log: QueueLog,
  settings: QueueSettings = {},
): Promise<Queues> {
  const backend = await openBackend(url, log)
  const queues = new Map<QueueName, BackendQueue>()
  const workers = new Set<QueueWorker>()

  const queueOf = (name: QueueName): BackendQueue => {
    const known = queues.get(name)
    if (known) return known
    const queue = backend.createQueue(name)
    queue.on('error', (err) => log.warn({ err, queue: name }, 'queue'))
    queues.set(name, queue)
    return queue
  }

  let closed: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    await Promise.all([...workers].map((worker) => worker.close()))
    const closing = [...queues.values()].map((queue) => queue.close())
    await settlesWithin(Promise.allSettled(closing), closeMs)
    await settlesWithin(backend.close(), closeMs)
  }

  return {
    enqueue: async (name, outboxId, payload) => {
      await withinTime(queueOf(name).add(name, payload, jobOptions(outboxId, settings)), settings)
    },
    startWorker: async (name, handler, workerSettings = {}) => {
      const worker = await runWorker(backend, name, handler, workerSettings, log)
      workers.add(worker)
      return {
        close: async () => {
          workers.delete(worker)
          await worker.close()
        },
      }
    },
    close: () => (closed ??= closeAll()),
  }
}

function openBackend(url: string, log: QueueLog): Promise<QueueBackend> {
  if (/^rediss?:\/\//.test(url)) return openRedisBackend(url, log)
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgresBackend(url, log)
  // The address may hold a password: it is not repeated.
  throw new Error('the queue address: expected redis://… or postgres://…, found another scheme')
}

/**
 * Jobs leave the queue as soon as they end, well or not: the catalog keeps their history, and an id that
 * the queue still knew could not be put back by the sweeper.
 */
function jobOptions(outboxId: string, { attempts = 5, backoffMs = 1_000 }: QueueSettings) {
  return {
    jobId: outboxId,
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    removeOnComplete: true,
    removeOnFail: true,
  } as const
}

async function withinTime<T>(work: Promise<T>, { enqueueMs = 10_000 }: QueueSettings): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the queue did not answer within ${enqueueMs} ms`)), enqueueMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
