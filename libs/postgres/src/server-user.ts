import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { PostgresError } from './postgres-error.js'

/** Whom the server runs as; `undefined` means as ourselves. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined

/**
 * PostgreSQL refuses to run as root. Started by root it runs as the owner of the data there are, so that
 * a house made by an ordinary user stays theirs, or else as the user `postgres`, who is made if absent.
 */
export function chooseServerUser(dataDirectory: string): ServerUser {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(dataDirectory, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return lookUpUser('postgres') ?? createUser('postgres')
}

function lookUpUser(name: string): ServerUser {
  const uid = askId('-u', name)
  const gid = askId('-g', name)
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

function askId(flag: '-u' | '-g', name: string): number | undefined {
  const asked = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return asked.status === 0 ? Number.parseInt(asked.stdout, 10) : undefined
}

function createUser(name: string): ServerUser {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', name], { stdio: 'pipe' })
  } catch (cause) {
    // Two first starts at once: the other one may have made it.
    const made = lookUpUser(name)
    if (made) return made
    throw new PostgresError(
      'no-user',
      `PostgreSQL does not run as root, and the user "${name}" could not be made: ` +
        `${(cause as Error).message.trim()}. Make it with "useradd --system ${name}", or start as an ordinary user.`,
      { cause },
    )
  }
  return lookUpUser(name)
}
