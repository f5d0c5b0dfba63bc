import pg, { type ClientBase, type ClientConfig, type QueryConfig } from 'pg'
import { breakConnection } from './connection-stream.js'

/** One session as the server knows it: its process id and start, so that no session of another server is equal. */
export type Backend = string

/** What each session is doing (`active`, `idle`, …); or that no server answers; or that one does not say. */
export type SessionStates = ReadonlyMap<Backend, string> | 'unreachable' | 'unknown'

/** The driver's time limit of one query, in milliseconds; its declaration lacks it. */
const within = (query: QueryConfig, milliseconds: number): QueryConfig =>
  ({ ...query, query_timeout: milliseconds }) as QueryConfig

const backendColumn = `pid || ' ' || backend_start as backend`

/** Applies settings to the session of a connection, and answers which it is. */
export async function readBackend(
  client: ClientBase,
  settings: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Backend> {
  const text = `
    select ${backendColumn},
      (select count(set_config(key, value, false)) from jsonb_each_text($1::jsonb))
    from pg_stat_activity where pid = pg_backend_pid()`
  const values = [JSON.stringify(settings)]
  const { rows } = await client.query<{ backend: Backend }>(within({ text, values }, timeoutMs))
  return rows[0]?.backend ?? ''
}

/** A connection of its own by which the server is asked for its sessions. */
export interface SessionProbe {
  readonly ask: () => Promise<SessionStates>
  /** Also ends a question that waits for its answer. */
  readonly stop: () => void
}

/** @param timeoutMs for one answer, and for one new connection */
export function openSessionProbe(config: ClientConfig, timeoutMs: number): SessionProbe {
  let probe: pg.Client | undefined
  let connecting: pg.Client | undefined
  let isAsking = false
  let isStopped = false

  const drop = (): void => {
    if (probe) breakConnection(probe, 'the database is asked on a new connection')
    probe = undefined
  }
  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client({ ...config, connectionTimeoutMillis: timeoutMs })
    fresh.on('error', () => {})
    connecting = fresh
    await fresh.connect()
    connecting = undefined
    probe = fresh
    return fresh
  }
  const query = async (client: pg.Client): Promise<SessionStates> => {
    const text = `select ${backendColumn}, state from pg_stat_activity where datname = current_database()`
    const { rows } = await client.query<{ backend: Backend; state: string | null }>(
      within({ text }, timeoutMs),
    )
    return new Map(rows.map(({ backend, state }) => [backend, state ?? '']))
  }

  const ask = async (): Promise<SessionStates> => {
    if (probe) {
      const states = await query(probe).catch(drop)
      if (states) return states
    }
    try {
      if (isStopped) return 'unknown'
      return await query(await connect())
    } catch (error) {
      drop()
      return isRefusal(error) ? 'unknown' : 'unreachable'
    }
  }
  return {
    ask: async () => {
      isAsking = true
      try {
        return await ask()
      } finally {
        isAsking = false
      }
    },
    stop: () => {
      isStopped = true
      if (connecting) breakConnection(connecting, 'the pool ends')
      if (isAsking) return drop()
      void probe?.end().catch(() => {})
      probe = undefined
    },
  }
}

/** A server that answers with an error is there; one that starts or stops (class 57P) is as good as away. */
const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && !error.code?.startsWith('57P')
