import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startHouse, type House } from '@goldkeep/testing'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasWhatCame, makeMachine, pipeVersion, versionDirectory, windows } from '../e2e/support/scenario.js'

const gibibyte = 1024 ** 3
/** What comes out of the pipe, about. */
const size = Number(process.env.GOLDKEEP_LARGE_GIB ?? '5') * gibibyte
const image = 'win11-lab'

let house: House

beforeAll(async () => {
  house = await startHouse({ queue: 'postgres', workers: 1 })
  await house.goldkeep.run('image', 'create', image)
})
afterAll(() => house.stop())

test('a capture of 5 GiB that is piped in is stored exactly as it came, and found VALID', async () => {
  // Half of the tree does not compress.
  const machine = await makeMachine(join(house.directory, 'machine'), size * 2)
  const began = Date.now()
  const { id, came } = await pipeVersion(house, image, machine)
  const seconds = (Date.now() - began) / 1000
  const bytes = (await stat(came[windows] ?? '')).size
  process.stdout.write(`captured, piped and sealed ${bytes} bytes in ${seconds.toFixed(1)} s\n`)
  expect(bytes).toBeGreaterThan(size)
  await rm(machine.windowsTree, { recursive: true })
  await hasWhatCame(versionDirectory(house, image, id), came)
  await house.goldkeep.run('version', 'wait', id, '--timeout', '30m')
})
