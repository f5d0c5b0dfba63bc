import { expect, test } from '@jest/globals'
import { createLogger, runPhases } from './index.js'

test('phases run in order, and one that fails or hangs does not hold up the next', async () => {
  const ran: string[] = []
  const step = (name: string, run: () => Promise<unknown>) => ({
    name,
    timeoutMs: 20,
    run: () => {
      ran.push(name)
      return run()
    },
  })
  await runPhases(createLogger('test', 'silent'), [
    step('drain', () => Promise.reject(new Error('no'))),
    step('hang', () => new Promise(() => {})),
    step('close', () => Promise.resolve()),
  ])
  expect(ran).toEqual(['drain', 'hang', 'close'])
})
