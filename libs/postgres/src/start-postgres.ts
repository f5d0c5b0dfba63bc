import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from '@goldkeep/service'
import { findBinaries } from './binaries.js'
import { claimDirectory } from './claim-directory.js'
import { keepReserve, type Reserve } from './keep-reserve.js'
import { ensureCluster, keepPassword, role } from './data-directory.js'
import { endLeftover } from './end-leftover.js'
import { PostgresError } from './postgres-error.js'
import { findBarrier } from './reach.js'
import { chooseServerUser, type ServerUser } from './server-user.js'
import { runServer } from './run-server.js'

export interface PostgresOptions {
  /** Holds the cluster, its password and its log; made when absent. */
  readonly directory: string
  /** TCP port on 127.0.0.1; absent or 0 means any free one. */
  readonly port?: number
  /** Bytes of its disk that are kept for it, and given back when others have filled the disk; none unless told. */
  readonly reserveBytes?: number
  /** Below so many bytes on its disk an administrator is told; never unless told. */
  readonly lowSpaceBytes?: number
  readonly log: Logger
}

export interface RunningPostgres {
  /** `postgres://…` of the house's database, with the password. */
  readonly url: string
  readonly port: number
  /** What an administrator must know of the room on its disk; nothing while there is enough. */
  readonly shortage: () => string | undefined
  /** Stops the server in order; resolves when its process is gone. */
  readonly stop: () => Promise<void>
  /** Rejects when the server ends without having been stopped. */
  readonly failed: Promise<never>
}

/**
 * Runs a real PostgreSQL on a local directory, for whoever has none: as root or as an ordinary user, with
 * every durability setting at its default (on). A server left over from a killed process is stopped first.
 * @throws PostgresError when it cannot run here, in a sentence that says what to do
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { directory, port = 0, reserveBytes = 0, lowSpaceBytes = 0, log } = options
  const home = resolve(directory)
  const dataDirectory = dataDirectoryOf(home)
  makeHome(home)
  const user = chooseServerUser(dataDirectory)
  refuseUnreachable(home, dataDirectory, user)
  const binaries = findBinaries(user)
  const releaseClaim = claimDirectory(home)
  let reserve: Reserve | undefined
  try {
    reserve = await keepReserve({ directory: home, bytes: reserveBytes, lowBytes: lowSpaceBytes, log })
    const { shortage, stop: stopReserve } = reserve
    const password = keepPassword(home)
    await ensureCluster(dataDirectory, password, binaries, user)
    await endLeftover(dataDirectory, log)
    const server = await runServer({ binaries, home, dataDirectory, port, password, user, log })
    return {
      url: `postgres://${role}:${password}@127.0.0.1:${String(server.port)}/${role}`,
      port: server.port,
      failed: server.failed,
      shortage,
      stop: async () => {
        await server.stop()
        await stopReserve()
        releaseClaim()
      },
    }
  } catch (error) {
    await reserve?.stop()
    releaseClaim()
    throw error
  }
}

/**
 * Ends the server that a killed process left running in the directory, which holds its port. Only whoever has
 * claimed what the directory is in may call it.
 */
export function endLeftoverServer(directory: string, log: Logger): Promise<void> {
  return endLeftover(dataDirectoryOf(directory), log)
}

const dataDirectoryOf = (directory: string): string => join(resolve(directory), 'data')

/** Whether PostgreSQL, which under root runs as another user, could have its data below this directory. */
export function canServeFrom(directory: string): boolean {
  return findBarrier(resolve(directory), chooseServerUser(dataDirectoryOf(directory))) === undefined
}

function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o755 })
  } catch (cause) {
    throw new PostgresError(
      'unreachable-directory',
      `cannot make the directory ${home} for PostgreSQL: ${(cause as Error).message}`,
      { cause },
    )
  }
}

function refuseUnreachable(home: string, dataDirectory: string, user: ServerUser): void {
  const barrier = findBarrier(home, user)
  if (barrier !== undefined)
    throw new PostgresError(
      'unreachable-directory',
      `PostgreSQL does not run as root but as user ${String(user?.uid)}, who may not enter ${barrier} on the way to ` +
        `${home}. Choose a directory elsewhere (for example GOLDKEEP_HOME=/var/lib/goldkeep), or start as an ordinary user.`,
    )
  const data = statSync(dataDirectory, { throwIfNoEntry: false })
  const self = process.getuid?.()
  if (data !== undefined && user === undefined && data.uid !== self)
    throw new PostgresError(
      'unreachable-directory',
      `${dataDirectory} belongs to user ${String(data.uid)}, and this process is user ${String(self)}. ` +
        'Start as the user who started first (it was root, if the owner is postgres), or choose another directory.',
    )
}
