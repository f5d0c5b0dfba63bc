import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Which process this is, so that another can tell whether it still lives. */
export interface ProcessIdentity {
  readonly host: string
  /** Tells one run of a kernel from another; containers on one kernel share it. */
  readonly bootId: string
  /** A process id means something in its own namespace only; containers have one each. */
  readonly pidNamespace: string
  readonly pid: number
  /** Of the process, in the kernel's ticks since it booted: tells two processes with one id apart. */
  readonly startTime: string
}

export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
    pid: process.pid,
    startTime: statOf('self')?.startTime ?? '',
  }
}

/** Whether the process has ended for certain; false also when that cannot be known from here. */
export function hasEnded(other: ProcessIdentity, self: ProcessIdentity): boolean {
  if (other.bootId !== self.bootId || other.pidNamespace !== self.pidNamespace) return false
  if (!isPid(other.pid)) return false
  try {
    process.kill(other.pid, 0)
  } catch (error) {
    // Not EPERM: that is another user's process, which may be hidden under /proc.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
  }
  const stat = statOf(other.pid)
  if (!stat) return false
  if (stat.startTime !== other.startTime) return true
  return isOver(stat)
}

const isPid = (pid: unknown): boolean => Number.isSafeInteger(pid) && Number(pid) > 0

export interface ProcessStat {
  readonly state: string
  readonly threads: number
  readonly startTime: string
}

/** Until its last thread has ended a killed process may still be in the middle of a system call. */
export const isOver = ({ state, threads }: ProcessStat): boolean => /^[ZX]$/.test(state) && threads <= 1

/** From proc(5), "/proc/pid/stat"; the name in brackets may hold anything, brackets too. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', threads: Number(fields[17]), startTime: fields[19] ?? '' }
}

function statOf(pid: number | 'self'): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}
