import { readFileSync, statSync } from 'node:fs'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When a process began, in clock ticks since boot, and under which boot: a number that is used again
 * belongs to somebody else. Empty where there is no /proc.
 */
export function birthOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // proc(5): field 22 is the start time; the name in field 2 may hold spaces and brackets.
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
    return `${boot}/${startTime}`
  } catch {
    return ''
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
