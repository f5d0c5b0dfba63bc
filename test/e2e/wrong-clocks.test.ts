import { sampleOf, startHouse, treeOf, waitUntil, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { captureMachine, uploadVersion, type Capture } from './support/scenario.js'

const image = 'win11-lab'
let house: House
let capture: Capture
let preload: string

/** Is loaded before a service, and sets the clock of its process. */
const shiftClock = `
const RealDate = Date
const ahead = Number(process.env.TEST_CLOCK_AHEAD_HOURS) * 3_600_000
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + ahead)
    else super(...given)
  }
  static now() {
    return RealDate.now() + ahead
  }
}
`

beforeAll(async () => {
  house = await startHouse({ queue: 'postgres', workers: 0 })
  capture = await captureMachine(join(house.directory, 'capture'), 1024 * 1024)
  preload = join(house.directory, 'shift-clock.mjs')
  await writeFile(preload, shiftClock)
  await house.goldkeep.run('image', 'create', image)
}, 60_000)
afterAll(() => house.stop(), 30_000)

const off = (hours: number) => ({
  NODE_OPTIONS: `--import=${preload}`,
  TEST_CLOCK_AHEAD_HOURS: String(hours),
})
const trouble = async () => {
  const status = JSON.parse(await house.goldkeep.run('status', '--json')) as { trouble: readonly string[] }
  return status.trouble.join('\n')
}
const isTold = (words: string) =>
  waitUntil(async () => (await trouble()).includes(words), { timeoutMs: 15_000, what: words })

const shifts = [
  [5, '5 h ahead of'],
  [-5, '5 h behind'],
] as const

test.each(sampleOf('wrong clocks', shifts))(
  'with the clocks of storage and worker %d hours off a capture is sealed, checked, promoted and deployed, and the clocks are told',
  async (hours, difference) => {
    await house.storage.kill()
    await house.storage.start(off(hours))
    const worker = house.addWorker(off(hours))
    await worker.start()
    await isTold(`the clock of its storage service is ${difference} the clock of the database`)

    const id = await uploadVersion(house, image, capture.folder)
    await house.goldkeep.run('version', 'wait', id)
    await house.goldkeep.run('promote', id)
    const target = join(house.directory, `fetched-${hours}`)
    const deployment = await house.goldkeep.run('deploy', 'start', image, '--machine', '52:54:00:00:00:01')
    await house.goldkeep.run('deploy', 'fetch', deployment, '--to', target)
    await house.goldkeep.run('deploy', 'finish', deployment)
    const withoutSchema = { without: /^schema$/ }
    expect(await treeOf(target, withoutSchema)).toEqual(await treeOf(capture.folder, withoutSchema))

    expect(await trouble()).toMatch(new RegExp(`the clock of worker \\S+ is ${difference}`))
    const doctor = await house.goldkeep.attempt('doctor')
    expect(doctor.stdout).toContain(`the clock of its storage service is ${difference}`)
    expect(doctor.stdout).toMatch(/the clock of worker /)
    await worker.stop()
  },
  90_000,
)
