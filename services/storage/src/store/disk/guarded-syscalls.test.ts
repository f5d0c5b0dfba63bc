import { describe, expect, test } from '@jest/globals'
import { guardSyscalls, type OwnershipGate } from './guarded-syscalls.js'
import { nodeSyscalls, type Syscalls } from './syscalls.js'

/** What changes nothing on the volume: an open file is empty until it is written to. Every other call is guarded. */
const harmless: ReadonlySet<string> = new Set<keyof Syscalls>([
  ...(['open', 'close', 'read', 'fstat', 'lstat', 'readlink', 'readdir', 'statfs'] as const),
])
const changing = Object.keys(nodeSyscalls).filter((name) => !harmless.has(name)) as (keyof Syscalls)[]

/** System calls that do nothing but note their names. */
function notedSyscalls(): { sys: Syscalls; called: string[] } {
  const called: string[] = []
  const calls = Object.keys(nodeSyscalls).map((name) => [name, async () => void called.push(name)])
  return { sys: Object.fromEntries(calls) as Syscalls, called }
}

const call = (sys: Syscalls, name: keyof Syscalls) => (sys[name] as () => Promise<unknown>)()

const lost = new Error('lost')
const gone: OwnershipGate = {
  isFresh: () => false,
  confirm: () => Promise.reject(lost),
  look: () => Promise.reject(lost),
}

describe('an owner that has lost the volume', () => {
  test.each(changing)('does not call %s any more', async (name) => {
    const { sys, called } = notedSyscalls()
    await expect(
      call(
        guardSyscalls(sys, () => gone),
        name,
      ),
    ).rejects.toBe(lost)
    expect(called).toEqual([])
  })

  test.each(['fsync', 'fdatasync'] as const)(
    'and has not noticed yet is told so by the next %s',
    async (name) => {
      const { sys, called } = notedSyscalls()
      const unaware = { ...gone, isFresh: () => true }
      await expect(
        call(
          guardSyscalls(sys, () => unaware),
          name,
        ),
      ).rejects.toBe(lost)
      expect(called).toEqual([name])
    },
  )

  test('may still read', async () => {
    const { sys, called } = notedSyscalls()
    for (const name of harmless)
      await call(
        guardSyscalls(sys, () => gone),
        name as keyof Syscalls,
      )
    expect(called).toEqual([...harmless])
  })
})
