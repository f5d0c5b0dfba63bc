import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { QueueBackend } from './queue-backend.js'
import type { QueueLog } from './queues.js'

/** Milliseconds. A Redis that vanishes without a reset is noticed by its silence while an answer is awaited. */
const connectTimeout = 5_000
const keepAlive = 5_000
const producerSilence = 5_000
/** A worker waits up to 10 s in one command for a job. */
const consumerSilence = 15_000

/**
 * Queues in Redis, which must run with `maxmemory-policy noeviction`. Connections of one process: one
 * to enqueue, one that all workers share, and one per worker to wait on.
 */
export async function openRedisBackend(url: string, log: QueueLog): Promise<QueueBackend> {
  let connected = false
  let lastError: Error | undefined
  // Who starts without a Redis is told so; who has lost it waits for it to come back.
  const retryStrategy = (times: number): number | null => (connected ? Math.min(times * 200, 5_000) : null)
  // An enqueuer wants to be told that Redis is away; a worker wants to wait until it is back.
  const shared = { retryStrategy, connectTimeout, keepAlive, lazyConnect: true }
  const producer = new Redis(url, { ...shared, maxRetriesPerRequest: 2, socketTimeout: producerSilence })
  const consumer = new Redis(url, { ...shared, maxRetriesPerRequest: null, socketTimeout: consumerSilence })
  for (const client of [producer, consumer])
    client.on('error', (err: Error) => {
      lastError = err
      log.warn({ err, backend: 'redis' }, 'queue connection')
    })
  try {
    await producer.connect()
    connected = true
  } catch (error) {
    // The rejection itself only says that the connection is closed.
    throw new Error(`cannot reach Redis: ${lastError?.message ?? String(error)}`, { cause: error })
  }
  return {
    createQueue: (name) => new Queue(name, { connection: producer }),
    createWorker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection: consumer }),
    close: async () => {
      producer.disconnect()
      consumer.disconnect()
    },
  }
}
