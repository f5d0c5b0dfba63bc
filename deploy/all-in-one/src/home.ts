import { randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError } from '@goldkeep/service'

/** Where everything of a house is, under its home. */
export interface Home {
  readonly path: string
  readonly postgres: string
  readonly volume: string
  readonly adminToken: string
  readonly context: string
  /** The key that the services share, in base64. */
  readonly serviceKey: string
}

/** Where a home is that nobody named, when the working directory is closed to the database's user. */
export const systemHome = '/var/lib/goldkeep'

/**
 * `.goldkeep` in the working directory; root's own directory (mode 0700, as /root is) hides it from the
 * user that PostgreSQL runs as, and then the system's place for such data.
 * @param canServeFrom whether the database could work below a directory
 */
export function chooseHome(workingDirectory: string, canServeFrom: (directory: string) => boolean): string {
  const here = resolve(workingDirectory, '.goldkeep')
  return canServeFrom(here) ? here : systemHome
}

/**
 * Makes the home unless it is there, with the services' key; its volume is made later, by `openVolume`.
 * @throws ConfigError when it cannot be used
 */
export function openHome(path: string): Home {
  makeUsable(path)
  return {
    path,
    postgres: join(path, 'postgres'),
    volume: join(path, 'volume'),
    adminToken: join(path, 'admin-token'),
    context: join(path, 'context.json'),
    serviceKey: keepServiceKey(join(path, 'service-key')),
  }
}

function makeUsable(path: string): void {
  try {
    // Others may pass: under root PostgreSQL runs as another user. What is secret in here has mode 0600.
    mkdirSync(path, { recursive: true, mode: 0o755 })
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new ConfigError([
      `GOLDKEEP_HOME: cannot use ${path}: ${describe(path, error as NodeJS.ErrnoException)}`,
    ])
  }
}

const plainWords: Readonly<Record<string, string>> = {
  EEXIST: 'expected a directory, found something else',
  ENOTDIR: 'a part of its path is no directory',
  EROFS: 'its file system can only be read',
  // Node gives this code too where a directory cannot be made on a read-only file system.
  ENOENT: 'it cannot be made there, as where the file system can only be read',
  ENOSPC: 'no space is left',
}

function describe(path: string, error: NodeJS.ErrnoException): string {
  const { code = '' } = error
  if (code !== 'EACCES' && code !== 'EPERM') return plainWords[code] ?? error.message
  const self = process.getuid?.()
  const advice = 'Choose another directory, or start as the user who started first.'
  try {
    const { uid, mode } = statSync(path)
    return `it belongs to user ${uid} with mode ${(mode & 0o777).toString(8)}, and this process is user ${self}. ${advice}`
  } catch {
    return `user ${self} may not go there. ${advice}`
  }
}

function keepServiceKey(path: string): string {
  if (!existsSync(path)) writeSecret(path, randomBytes(32).toString('base64'))
  return readFileSync(path, 'utf8').trim()
}

/** Writes the file that tells the command line where the house is and how to be let in. */
export function writeContext(home: Home, address: string): void {
  writeSecret(home.context, `${JSON.stringify({ address, tokenFile: home.adminToken }, null, 2)}\n`)
}

/** Whole or not at all, and readable by nobody else from its first moment. */
function writeSecret(path: string, content: string): void {
  const unfinished = `${path}.new`
  writeFileSync(unfinished, content, { mode: 0o600, flush: true })
  renameSync(unfinished, path)
}
