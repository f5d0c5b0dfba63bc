import { readFileSync } from 'node:fs'

/** Memory of a process, in bytes. */
export interface ProcessMemory {
  /** What is resident now. */
  readonly resident: number
  /** The most that ever was. */
  readonly peak: number
}

/** As Linux tells it. @throws Error when there is no such process */
export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytesOf = (name: string): number => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
    if (kibibytes === undefined) throw new Error(`process ${pid} tells no ${name}`)
    return Number(kibibytes) * 1024
  }
  return { resident: bytesOf('VmRSS'), peak: bytesOf('VmHWM') }
}
