import type { Syscalls } from './syscalls.js'

/** Whatever changes the volume, or makes a change durable, so that it may be acknowledged. */
const changing = [
  'write',
  'ftruncate',
  'fdatasync',
  'fsync',
  'fchmod',
  'mkdir',
  'rmdir',
  'rename',
  'link',
  'unlink',
  'symlink',
] as const satisfies readonly (keyof Syscalls)[]

export interface GuardedSyscalls {
  readonly sys: Syscalls
  /** From now on nothing is changed, and so nothing can be acknowledged; what is open can still be read. */
  refuseChanges(reason: Error): void
}

/** System calls that can be taken away from a process that no longer owns the volume. */
export function guardSyscalls(sys: Syscalls): GuardedSyscalls {
  let refusal: Error | undefined
  const guarded = { ...sys }
  for (const name of changing) {
    const call = sys[name] as (...values: unknown[]) => Promise<unknown>
    const guard = async (...values: unknown[]): Promise<unknown> => {
      if (refusal) throw refusal
      return call(...values)
    }
    Object.assign(guarded, { [name]: guard })
  }
  return { sys: guarded, refuseChanges: (reason) => (refusal ??= reason) }
}
