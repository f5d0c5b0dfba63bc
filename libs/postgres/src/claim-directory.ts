import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PostgresError } from './postgres-error.js'
import { birthOf, isAlive } from './process-identity.js'

/**
 * Makes this process the only one that works in the directory. A claim left by a process that was killed
 * counts for nothing.
 * @returns a function that gives the claim up
 */
export function claimDirectory(directory: string): () => void {
  const path = join(directory, 'claim')
  const own = `${String(process.pid)} ${birthOf(process.pid)}\n`
  for (;;) {
    try {
      writeFileSync(path, own, { flag: 'wx', mode: 0o644 })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      refuseWhileHeld(path, directory)
      rmSync(path, { force: true })
    }
  }
}

function refuseWhileHeld(path: string, directory: string): void {
  const [pid, birth] = readClaim(path)
  if (pid === undefined || !isAlive(pid) || birth !== birthOf(pid)) return
  throw new PostgresError(
    'in-use',
    `${directory} is in use by process ${String(pid)}; stop that one first, or choose another directory`,
  )
}

function readClaim(path: string): [number | undefined, string] {
  try {
    const [pid, birth = ''] = readFileSync(path, 'utf8').trim().split(' ')
    return [Number(pid) || undefined, birth]
  } catch {
    return [undefined, '']
  }
}
