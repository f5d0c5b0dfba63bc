import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@goldkeep/service'
import { PostgresError } from './postgres-error.js'
import { isAlive, worksIn } from './process-identity.js'

const fastStopMs = 20_000
const immediateStopMs = 10_000

/**
 * Ends the server that a killed process left behind, so that the next one starts with its own settings.
 * Only a process that works in this very data directory is touched.
 */
export async function endLeftover(dataDirectory: string, log: Logger): Promise<void> {
  const path = join(dataDirectory, 'postmaster.pid')
  const pid = readPid(path)
  if (pid === undefined) return
  if (!isAlive(pid) || !worksIn(pid, dataDirectory)) {
    // The number may meanwhile belong to a process of the same user, and PostgreSQL would refuse to start.
    rmSync(path, { force: true })
    return
  }
  log.warn({ pid, directory: dataDirectory }, 'stopping a PostgreSQL that was left running')
  if (await endProcess(pid, 'SIGINT', fastStopMs)) return
  if (await endProcess(pid, 'SIGQUIT', immediateStopMs)) return
  throw new PostgresError(
    'in-use',
    `a PostgreSQL that was left running (process ${String(pid)}) does not stop; end it by hand and start again`,
  )
}

/** postmaster.pid: the server's process number in the first line; negative for a single-user one. */
function readPid(path: string): number | undefined {
  try {
    const pid = Math.abs(Number.parseInt(readFileSync(path, 'utf8'), 10))
    return Number.isNaN(pid) ? undefined : pid
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function endProcess(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  process.kill(pid, signal)
  const deadline = Date.now() + withinMs
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false
    await delay(20)
  }
  return true
}
