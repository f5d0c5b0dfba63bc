import { afterEach, expect, test } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { birthOf, isAlive } from './process-identity.js'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process that has ended, and whose parent never asks for its end. */
async function endedAndKept(): Promise<number> {
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(parent)
  const [told] = (await once(parent.stdout, 'data')) as [Buffer]
  return Number(told.toString())
}

test('a process that runs is alive, and its birth is known', () => {
  expect(isAlive(process.pid)).toBe(true)
  expect(birthOf(process.pid)).toMatch(/^[0-9a-f-]{36}\/\d+$/)
})

test('a process that has ended is not alive while nobody has asked for its end', async () => {
  const pid = await endedAndKept()
  while (isAlive(pid)) await delay(10)
  expect(() => process.kill(pid, 0)).not.toThrow()
})

test('a number that nobody has is not alive', () => {
  expect(isAlive(2 ** 22 + 1)).toBe(false)
  expect(birthOf(2 ** 22 + 1)).toBe('')
})
