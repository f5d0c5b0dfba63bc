import { expect, test } from '@jest/globals'
import { startProcess, waitUntil } from './index.js'

test('a line of the process is waited for, and its groups are given', async () => {
  const running = startProcess(process.execPath, [
    '-e',
    'console.log("ready on port 7460"); setInterval(() => {}, 1e6)',
  ])
  const [, port] = await running.waitForLine(/ready on port (\d+)/)
  expect(port).toBe('7460')
  expect(await running.killHard()).toEqual({ code: null, signal: 'SIGKILL' })
})

test('a process that ends without the line tells what it said instead', async () => {
  const running = startProcess(process.execPath, ['-e', 'console.error("no way"); process.exit(3)'])
  await expect(running.waitForLine(/ready/)).rejects.toThrow('no way')
  expect(await running.end).toEqual({ code: 3, signal: null })
})

test('a program that does not exist ends with 127', async () => {
  expect(await startProcess('goldkeep-no-such-program').end).toEqual({ code: 127, signal: null })
})

test('input reaches the process, and the environment can be added to', async () => {
  const running = startProcess('sh', ['-c', 'cat; echo "$COLOUR"'], {
    input: 'grey ',
    env: { COLOUR: 'gold' },
  })
  await running.end
  expect(running.stdout()).toBe('grey gold\n')
})

test('a wait in vain names what it waited for, and the last error is its cause', async () => {
  const waiting = waitUntil(
    () => {
      throw new Error('still closed')
    },
    { what: 'the door opens', timeoutMs: 60 },
  )
  await expect(waiting).rejects.toMatchObject({
    message: 'waited 60 ms until the door opens, in vain',
    cause: expect.objectContaining({ message: 'still closed' }),
  })
})
