import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Binaries } from './binaries.js'
import { PostgresError } from './postgres-error.js'
import { serverEnvironment } from './server-environment.js'
import type { ServerUser } from './server-user.js'

/** The database role of the house. */
export const role = 'goldkeep'

/** The role's password, made at the first start and kept in a file that only we can read. */
export function keepPassword(directory: string): string {
  const path = join(directory, 'password')
  if (!existsSync(path)) {
    const unfinished = `${path}.new`
    writeFileSync(unfinished, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    renameSync(unfinished, path)
  }
  return readFileSync(path, 'utf8').trim()
}

/**
 * Makes the cluster unless it is there: in a directory beside, renamed when it is whole, so that a start
 * that was interrupted leaves nothing that looks like a database.
 */
export async function ensureCluster(
  dataDirectory: string,
  password: string,
  binaries: Binaries,
  user: ServerUser,
): Promise<void> {
  if (existsSync(dataDirectory)) return
  const unfinished = `${dataDirectory}.new`
  const passwordFile = `${dataDirectory}.pw`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  try {
    if (user) for (const path of [unfinished, passwordFile]) chownSync(path, user.uid, user.gid)
    await runInitdb(binaries.initdb, unfinished, passwordFile, user)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(unfinished, dataDirectory)
}

async function runInitdb(
  initdb: string,
  target: string,
  passwordFile: string,
  user: ServerUser,
): Promise<void> {
  const initdbArguments = [
    `--pgdata=${target}`,
    `--username=${role}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]
  const child = spawn(initdb, initdbArguments, {
    ...user,
    cwd: '/',
    env: serverEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? undefined : `exit code ${String(code)}: ${said.trim()}`))
  })
  if (failure === undefined) return
  if (saysDiskIsFull(failure))
    throw new PostgresError(
      'start-failed',
      `the disk of ${target} has too little space for a new database; make room`,
    )
  throw new PostgresError('start-failed', `initdb failed in ${target}: ${failure}`)
}

/** ENOSPC in the C locale, and PostgreSQL's hint where the error itself is another. */
const saysDiskIsFull = (text: string): boolean => /No space left on device|Check free disk space/.test(text)
