import type { ClientBase, ClientConfig } from 'pg'
import { breakConnection, countBytes, isWaiting } from './connection-stream.js'
import { openSessionProbe, type Backend, type SessionStates } from './server-sessions.js'

export interface PoolLog {
  warn(fields: object, message: string): void
}

interface WatchedConnection {
  readonly client: ClientBase
  readonly backend: Backend
  idle: boolean
  bytes: number
  /** Since when nothing has moved although an answer is awaited, by the monotonic clock. */
  silentSince: number | undefined
}

export interface ConnectionWatch {
  add(client: ClientBase, backend: Backend): void
  setIdle(client: ClientBase, idle: boolean): void
  /** Resolves when nothing is asked any more. */
  stop(): Promise<void>
}

/** Looks at the connections so many times within the time of silence. */
const looksPerSilence = 3

/**
 * Finds the connections that died without a word: a time limit for every query would cut long ones, so the
 * server itself is asked, several times within `silenceMs`, which sessions it has and what they do.
 */
export function watchConnections(config: ClientConfig, silenceMs: number, log: PoolLog): ConnectionWatch {
  const connections = new Map<ClientBase, WatchedConnection>()
  const probe = openSessionProbe(
    { ...config, application_name: `${config.application_name}-watch` },
    silenceMs,
  )
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    const before = [...connections.values()]
    for (const connection of before) noteSilence(connection)
    if (before.length === 0) return
    const states = await probe.ask()
    if (isStopped) return
    // What came meanwhile has been read by now.
    const known = before.filter(({ client }) => connections.has(client))
    for (const connection of known) noteSilence(connection)
    const dead = known.filter((connection) => isDead(connection, states, silenceMs))
    if (dead.length === 0 && states !== 'unreachable') return
    // Idle connections cost little to make again, and the next caller would wait on a dead one.
    const ended = new Set([...dead, ...known.filter(({ idle }) => idle)])
    if (ended.size === 0) return
    log.warn({ connections: ended.size, server: describe(states) }, 'silent database connections are closed')
    for (const { client } of ended) breakConnection(client, 'the database has fallen silent')
  }
  const lookAgain = (): void => {
    timer = setTimeout(() => {
      looking = look().finally(() => {
        if (!isStopped) lookAgain()
      })
    }, silenceMs / looksPerSilence)
    timer.unref()
  }

  lookAgain()
  return {
    add: (client, backend) => {
      connections.set(client, { client, backend, idle: false, bytes: 0, silentSince: undefined })
      client.once('end', () => connections.delete(client))
    },
    setIdle: (client, idle) => {
      const connection = connections.get(client)
      if (connection) connection.idle = idle
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      probe.stop()
      await looking
    },
  }
}

function noteSilence(connection: WatchedConnection): void {
  const bytes = countBytes(connection.client)
  const isSilent = isWaiting(connection.client) && bytes === connection.bytes
  connection.bytes = bytes
  connection.silentSince = isSilent ? (connection.silentSince ?? performance.now()) : undefined
}

/** A session that the server does not have is dead; so is one that waits for an answer the server is not making. */
function isDead(connection: WatchedConnection, states: SessionStates, silenceMs: number): boolean {
  const { silentSince, backend } = connection
  const isSilent = silentSince !== undefined && performance.now() - silentSince >= silenceMs
  if (states === 'unknown') return false
  if (states === 'unreachable') return isSilent
  return !states.has(backend) || (isSilent && states.get(backend) !== 'active')
}

const describe = (states: SessionStates): string => (typeof states === 'string' ? states : 'answers')
