import { memoryOf, startHouse, waitUntil, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { begin, makeMachine, versionDirectory, windows } from '../e2e/support/scenario.js'

const mebibyte = 1024 ** 2
const size = Number(process.env.GOLDKEEP_LARGE_PIPE_GIB ?? '20') * 1024 * mebibyte
const image = 'win11-lab'
/** What garbage waits to be collected in two programs at once. */
const slack = 96 * mebibyte

let house: House

beforeAll(async () => {
  house = await startHouse({ queue: 'postgres' })
  await house.goldkeep.run('image', 'create', image)
})
afterAll(() => house.stop())

test('a pipe of 20 GiB is stored whole, and neither side needs more memory for its end than for its beginning', async () => {
  const machine = await makeMachine(join(house.directory, 'machine'), mebibyte)
  const id = await begin(house, image, machine)
  // Bytes that no file system can make smaller.
  const generate = `openssl enc -aes-128-ctr -nosalt -k goldkeep -pbkdf2 -in /dev/zero 2>/dev/null | head -c ${size}`
  const began = Date.now()
  const writing = house.goldkeep.start('upload', 'write', id, windows, '--json', '--', 'sh', '-c', generate)
  let ended = false
  void writing.outcome.finally(() => (ended = true))
  const staged = join(house.volume, 'staging', id, 'tree', windows)
  const most = { beginning: 0, end: 0 }
  await waitUntil(
    async () => {
      if (ended) return true
      const stored = await stat(staged).then(
        (stats) => stats.size,
        () => 0,
      )
      const both = memoryOf(house.storage.pid).resident + memoryOf(writing.process.pid ?? 0).resident
      const part = stored < size / 4 ? 'beginning' : 'end'
      most[part] = Math.max(most[part], both)
      return false
    },
    { timeoutMs: 3_600_000, intervalMs: 200, what: 'the pipe is at its end' },
  )
  const { code, stderr } = await writing.outcome
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  const seconds = (Date.now() - began) / 1000
  const shown = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`
  process.stdout.write(
    `${shown(size)} in ${seconds.toFixed(0)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s; storage and client ` +
      `held at most ${shown(most.beginning)} in the first quarter, ${shown(most.end)} afterwards\n`,
  )
  await house.goldkeep.run('upload', 'write', id, 'hd0/part1.winpe.wim', machine.schemaFile)
  await house.goldkeep.attempt('upload', 'seal', id)
  expect((await stat(join(versionDirectory(house, image, id), windows))).size).toBe(size)
  expect(most.end).toBeLessThan(most.beginning + slack)
}, 3_700_000)
