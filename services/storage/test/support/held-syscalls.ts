import type { Syscalls } from '../../src/store/disk/syscalls.js'

export interface HeldSyscalls extends Syscalls {
  /** Holds the next call that fits until it is released. */
  hold(name: keyof Syscalls, path: RegExp): { readonly reached: Promise<void>; release(): void }
}

interface Hold {
  readonly name: keyof Syscalls
  readonly path: RegExp
  readonly reach: () => void
  readonly released: Promise<void>
}

/** System calls of which a test can hold one, as if the disk took its time. */
export function holdSyscalls(below: Syscalls): HeldSyscalls {
  const holds = new Set<Hold>()
  const held = {
    hold: (name: keyof Syscalls, path: RegExp) => {
      let reach = (): void => {}
      let release = (): void => {}
      const reached = new Promise<void>((resolve) => (reach = resolve))
      const released = new Promise<void>((resolve) => (release = resolve))
      holds.add({ name, path, reach, released })
      return { reached, release }
    },
  }
  const entries = Object.entries(below).filter((entry) => typeof entry[1] === 'function')
  for (const [name, call] of entries as [keyof Syscalls, (...values: unknown[]) => Promise<unknown>][])
    Object.assign(held, {
      [name]: async (...values: unknown[]) => {
        const hold = [...holds].find((one) => one.name === name && values.some((value) => fits(one, value)))
        if (hold) {
          holds.delete(hold)
          hold.reach()
          await hold.released
        }
        return call(...values)
      },
    })
  return held as HeldSyscalls
}

const fits = ({ path }: Hold, value: unknown): boolean => typeof value === 'string' && path.test(value)
