import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@goldkeep/service'
import type { Binaries } from './binaries.js'
import { freePort, isFree } from './free-port.js'
import { answers, ensureDatabase } from './connection.js'
import { PostgresError } from './postgres-error.js'
import { serverEnvironment } from './server-environment.js'
import type { ServerUser } from './server-user.js'

export interface ServerOptions {
  readonly binaries: Binaries
  readonly home: string
  readonly dataDirectory: string
  readonly port: number
  readonly password: string
  readonly user: ServerUser
  readonly log: Logger
}

export interface RunningServer {
  readonly port: number
  readonly failed: Promise<never>
  readonly stop: () => Promise<void>
}

const startTimeoutMs = 60_000
const leaveMs = 1_000
const fastStopMs = 20_000
const attempts = 10

/** Starts the server; another port is tried when a free one was taken before the server got it. */
export async function runServer(options: ServerOptions): Promise<RunningServer> {
  if (options.port !== 0 && !(await isFree(options.port))) throw portTakenError(options.port)
  for (let attempt = 1; ; attempt++) {
    const port = options.port === 0 ? await freePort() : options.port
    const logFile = freshLogFile(options.home)
    const child = spawnServer(options, port, logFile)
    const outcome = await waitUntilReady(child, { port, password: options.password })
    if (outcome === 'ready') {
      await ensureDatabase({ port, password: options.password })
      return supervise(child, port, options.log)
    }
    const last = readFileSync(logFile, 'utf8').trim()
    const portTaken = /could not bind .*Address already in use/.test(last)
    // Helpers of a server that was killed go a moment after it.
    const othersLeaving = /pre-existing shared memory block/.test(last)
    if (portTaken && options.port !== 0) throw portTakenError(port)
    if ((!portTaken && !othersLeaving) || attempt === attempts)
      throw new PostgresError('start-failed', `PostgreSQL did not start: ${last || outcome} (see ${logFile})`)
    await delay(100 * attempt)
  }
}

function portTakenError(port: number): PostgresError {
  return new PostgresError('port-taken', `port ${String(port)} for PostgreSQL is taken by another program`)
}

/** The log of this run; that of the run before stays beside it. */
function freshLogFile(home: string): string {
  const path = join(home, 'log')
  try {
    renameSync(path, `${path}.previous`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return path
}

function spawnServer(options: ServerOptions, port: number, logFile: string): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
  }
  const serverArguments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const output = openSync(logFile, 'a', 0o600)
  try {
    return spawn(options.binaries.postgres, ['-D', options.dataDirectory, ...serverArguments], {
      ...options.user,
      cwd: '/',
      env: serverEnvironment,
      stdio: ['ignore', output, output],
      // A process group of its own: Ctrl-C in a terminal must reach the services first, the database last.
      detached: true,
    })
  } finally {
    closeSync(output)
  }
}

async function waitUntilReady(
  child: ChildProcess,
  connection: { readonly port: number; readonly password: string },
): Promise<string> {
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended = `it ended with ${String(signal ?? code)}`))
  const deadline = Date.now() + startTimeoutMs
  while (ended === undefined) {
    if (await answers(connection)) return 'ready'
    if (Date.now() > deadline) {
      child.kill('SIGQUIT')
      return `it did not answer within ${String(startTimeoutMs / 1000)} s`
    }
    await delay(20)
  }
  return ended
}

function supervise(child: ChildProcess, port: number, log: Logger): RunningServer {
  let stopping = false
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const failed = ended.then((): Promise<never> => {
    if (stopping) return new Promise<never>(() => {})
    throw new PostgresError('start-failed', 'PostgreSQL ended although nobody stopped it')
  })
  // Whoever does not wait for it must not be ended by it.
  failed.catch(() => {})
  const stopWithUs = (): void => void child.kill('SIGINT')
  process.once('exit', stopWithUs)
  const stop = async (): Promise<void> => {
    stopping = true
    // A pool says that it is closed while its connections are still taking leave.
    child.kill('SIGTERM')
    const cutConnections = setTimeout(() => child.kill('SIGINT'), leaveMs)
    const giveUp = setTimeout(() => {
      log.warn({ pid: child.pid }, 'PostgreSQL is slow to stop; it will recover at its next start')
      child.kill('SIGQUIT')
    }, fastStopMs)
    await ended
    clearTimeout(cutConnections)
    clearTimeout(giveUp)
    process.removeListener('exit', stopWithUs)
  }
  return { port, failed, stop }
}
