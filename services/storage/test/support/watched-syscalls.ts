import { constants } from 'node:fs'
import { nodeSyscalls, type Syscalls } from '../../src/store/disk/syscalls.js'

export interface Call {
  readonly name: keyof Syscalls
  /** Relative to the volume, of the file or the directory that it is about. */
  readonly path: string
  /** Of a rename or a hard link. */
  readonly to?: string
  /** Bytes of a write. */
  readonly size?: number
  /** Of an open, whether it may make the file. */
  readonly creates?: boolean
}

const changing = new Set<Call['name']>([
  'write',
  'ftruncate',
  'fsync',
  'fdatasync',
  'fchmod',
  'mkdir',
  'rmdir',
  'rename',
  'link',
  'unlink',
  'symlink',
])

/** Whether a call changes the volume or makes a change durable. */
export const changesVolume = ({ name, creates = false }: Call): boolean => changing.has(name) || creates

type AnyCall = (...values: unknown[]) => Promise<unknown>

/**
 * What a test does at a call: nothing, or throw in its place. With `half`, half of a write reaches the disk
 * and the process ends in it.
 */
export type Interference = (call: Call) => 'half' | void

export interface WatchedSyscalls extends Syscalls {
  /** Every call that has succeeded, in order of its end. */
  readonly calls: Call[]
  /** Asked before every call; an error it throws is the call's. */
  interfere: Interference
  readonly dead: boolean
  /** From now on nothing reaches the disk, as if the process had been killed. */
  die(): void
}

/** System calls, the real ones unless told, written down, and refused where a test says so. */
export function watchSyscalls(below: Syscalls = nodeSyscalls): WatchedSyscalls {
  const paths = new Map<number, string>()
  let dead = false
  const resolve = (path: string): string =>
    path.replace(/^\/proc\/self\/fd\/(\d+)(\/?)/, (_, fd: string, slash: string) => {
      const opened = paths.get(Number(fd)) ?? ''
      return opened === '' ? '' : `${opened}${slash}`
    })
  const pathOf = (value: unknown): string =>
    typeof value === 'number' ? (paths.get(value) ?? '') : resolve(String(value))
  const describe = (name: keyof Syscalls, values: readonly unknown[]): Call => {
    if (name === 'symlink') return { name, path: pathOf(values[1]) }
    if (name === 'rename' || name === 'link') return { name, path: pathOf(values[0]), to: pathOf(values[1]) }
    if (name === 'write') return { name, path: pathOf(values[0]), size: (values[1] as Uint8Array).length }
    if (name === 'open')
      return { name, path: pathOf(values[0]), creates: (Number(values[1]) & constants.O_CREAT) !== 0 }
    return { name, path: pathOf(values[0]) }
  }
  const watched = {
    calls: [],
    interfere: () => {},
    die: () => {
      dead = true
    },
    get dead() {
      return dead
    },
  } as unknown as WatchedSyscalls
  const watch = (name: keyof Syscalls): AnyCall => {
    const real = below[name] as AnyCall
    return async (...values) => {
      const call = describe(name, values)
      if (dead) throw new Error('killed')
      if (watched.interfere(call) === 'half') {
        const [fd, bytes, position] = values as [number, Uint8Array, number]
        await real(fd, bytes.subarray(0, bytes.length >> 1), position)
        dead = true
      }
      if (dead) throw new Error('killed')
      const result = await real(...values)
      // The volume's own root is where paths begin.
      if (name === 'open') paths.set(result as number, paths.size === 0 ? '' : call.path)
      watched.calls.push(call)
      return result
    }
  }
  for (const name of Object.keys(below) as (keyof Syscalls)[]) Object.assign(watched, { [name]: watch(name) })
  return watched
}

/** As the kernel refuses. */
export function errno(code: string, syscall = 'test'): Error {
  return Object.assign(new Error(`${code}: by the test`), { code, errno: -1, syscall })
}
