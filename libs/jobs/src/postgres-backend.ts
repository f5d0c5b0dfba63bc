import { createPostgresBackend, Queue, runMigrations, Worker, type PgPool } from 'bullmq'
import { openPool, usualLimits } from '@goldkeep/postgres/pool'
import type pg from 'pg'
import { queueNames } from './queue-names.js'
import type { QueueBackend } from './queue-backend.js'
import type { QueueLog } from './queues.js'

/** The PostgreSQL schema that holds the queues. */
const schema = 'bullmq'
/** For queries, beside one connection per worker that listens. */
const queryConnections = 4

/**
 * Queues in PostgreSQL. One pool per process: at most 4 connections for queries and one per queue that
 * a worker listens on. Not behind PgBouncer in transaction mode, which breaks LISTEN.
 */
export async function openPostgresBackend(url: string, log: QueueLog): Promise<QueueBackend> {
  const maxConnections = queryConnections + queueNames.length
  const pool = openPool(
    { url, applicationName: 'goldkeep-queues', maxConnections, limits: usualLimits, searchPath: schema },
    log,
  )
  pool.setMaxListeners(queueNames.length * 4)
  try {
    await migrate(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  // It is one; only its declarations differ from bullmq's.
  const connection = pool as unknown as PgPool
  return {
    createQueue: (name) => new Queue(name, { connection }, createPostgresBackend),
    createWorker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection }, createPostgresBackend),
    close: () => pool.end(),
  }
}

/** On one connection, since the migrations hold a lock and a transaction. */
async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client, schema)
  } finally {
    client.release()
  }
}
