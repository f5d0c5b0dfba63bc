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

/** What an acknowledgement follows. */
const syncs: ReadonlySet<string> = new Set<keyof Syscalls>(['fdatasync', 'fsync'])

/** Whether this process still owns the volume; see Ownership. */
export interface OwnershipGate {
  readonly isFresh: () => boolean
  confirm(): Promise<void>
  look(): Promise<void>
}

/**
 * System calls of an owner: nothing is changed by one that may have lost the volume, and no sync succeeds
 * after a successor has appeared, so that nothing can be acknowledged.
 * @param gate `undefined` while the volume is being taken
 */
export function guardSyscalls(sys: Syscalls, gate: () => OwnershipGate | undefined): Syscalls {
  const guarded = { ...sys }
  for (const name of changing) {
    const call = sys[name] as (...values: unknown[]) => Promise<unknown>
    const guard = async (...values: unknown[]): Promise<unknown> => {
      const owner = gate()
      if (owner && !owner.isFresh()) await owner.confirm()
      const result = await call(...values)
      // The clocks of a paused virtual machine may show no gap at all: the disk is asked.
      if (owner && syncs.has(name)) await owner.look()
      return result
    }
    Object.assign(guarded, { [name]: guard })
  }
  return guarded
}
