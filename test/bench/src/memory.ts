import { readFileSync } from 'node:fs'

/** The most memory that a process has had resident, in bytes; of Linux. */
export function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kibibytes === undefined) throw new Error(`process ${pid} tells no VmHWM`)
  return Number(kibibytes) * 1024
}
