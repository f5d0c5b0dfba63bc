import pg, { type ClientBase, type CustomTypesConfig } from 'pg'
import { breakConnection } from './connection-stream.js'
import { readBackend, type Backend } from './server-sessions.js'
import { watchConnections, type ConnectionWatch, type PoolLog } from './watch-connections.js'

/** How long the server and the network may take, in milliseconds. */
export interface ConnectionLimits {
  /** For a connection: until one is free, or a new one is ready. */
  readonly connectMs: number
  /** A connection on which nothing has moved for so long is looked into by asking the server for it. */
  readonly silenceMs: number
  /** The server ends a statement that runs longer. 0: never. */
  readonly statementMs: number
  /** The server ends a statement that waits longer for a lock. 0: never. */
  readonly lockMs: number
}

export const usualLimits: ConnectionLimits = {
  connectMs: 5_000,
  silenceMs: 3_000,
  statementMs: 600_000,
  lockMs: 30_000,
}

export interface PoolSettings {
  readonly url: string
  readonly applicationName: string
  readonly maxConnections: number
  readonly limits: ConnectionLimits
  /** The schemas that names are looked up in, where not the usual ones. */
  readonly searchPath?: string
  readonly types?: CustomTypesConfig
}

/** A transaction whose client is gone holds its locks no longer than this. */
const idleInTransactionMs = 60_000
const keepAliveMs = 5_000

/**
 * A pool of connections to a PostgreSQL that may vanish at any time, also without a reset. A query on a
 * connection that has died is rejected within about twice `silenceMs`, however long queries may take.
 */
export function openPool(settings: PoolSettings, log: PoolLog): pg.Pool {
  const { limits, searchPath } = settings
  const config = {
    connectionString: settings.url,
    application_name: settings.applicationName,
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
  }
  const watch = watchConnections(config, limits.silenceMs, log)
  const pool = new WatchedPool(
    {
      ...config,
      max: settings.maxConnections,
      idleTimeoutMillis: 30_000,
      ...(settings.types && { types: settings.types }),
      ...(searchPath && { options: `-c search_path=${searchPath}` }),
      // The pool waits for the promise; its declaration does not say so.
      onConnect: ((client) => prepare(client, limits, watch)) as (client: ClientBase) => void,
    },
    watch,
  )
  pool.on('acquire', (client) => watch.setIdle(client, false))
  pool.on('release', (_error, client) => watch.setIdle(client, true))
  // Without a listener, an idle connection that breaks would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
  // The query on a broken connection is rejected; the event adds nothing.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

class WatchedPool extends pg.Pool {
  constructor(
    config: pg.PoolConfig,
    private readonly watch: ConnectionWatch,
  ) {
    super(config)
  }

  override end(): Promise<void>
  override end(callback: () => void): void
  override end(callback?: () => void): Promise<void> | void {
    const ended = Promise.all([this.watch.stop(), super.end()]).then(() => {})
    if (!callback) return ended
    void ended.then(callback)
  }
}

/** Gives the session its limits. A server that falls silent here would hold up the pool: the connection is broken. */
async function prepare(client: ClientBase, limits: ConnectionLimits, watch: ConnectionWatch): Promise<void> {
  let backend: Backend
  try {
    backend = await readBackend(client, sessionSettings(limits), limits.connectMs)
  } catch (error) {
    breakConnection(client, 'the database did not answer on a new connection')
    throw error
  }
  watch.add(client, backend)
}

/** The server looks for dead clients as well, so that their locks and transactions end. */
const sessionSettings = (limits: ConnectionLimits): Readonly<Record<string, string>> => ({
  statement_timeout: String(limits.statementMs),
  lock_timeout: String(limits.lockMs),
  idle_in_transaction_session_timeout: String(idleInTransactionMs),
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
})
