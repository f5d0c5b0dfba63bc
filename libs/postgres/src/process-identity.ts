import { readFileSync, statSync } from 'node:fs'

/**
 * Whether the process runs. One that has ended and whose parent has not asked for its end (state Z, as in a
 * container whose process 1 reaps nobody) holds nothing any more.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return !['Z', 'X'].includes(statOf(pid)[0] ?? '')
}

/**
 * When a process began, in clock ticks since boot, and under which boot: a number that is used again
 * belongs to somebody else. Empty where there is no /proc.
 */
export function birthOf(pid: number): string {
  const startTime = statOf(pid)[19]
  return startTime === undefined ? '' : `${bootId()}/${startTime}`
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

/** Of proc(5)'s stat what follows the name, which may hold spaces and brackets: the state is its field 3. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Whether a process works in this directory; a PostgreSQL server does in its data directory. */
export function worksIn(pid: number, directory: string): boolean {
  try {
    const cwd = statSync(`/proc/${String(pid)}/cwd`)
    const target = statSync(directory)
    return cwd.dev === target.dev && cwd.ino === target.ino
  } catch {
    // Gone meanwhile, or a process of somebody else, which we may not look into.
    return false
  }
}
