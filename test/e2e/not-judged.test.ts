import { startHouse, waitUntil, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { captureMachine, uploadVersion } from './support/scenario.js'

let house: House
let programs: string
const image = 'win11-lab'

beforeAll(async () => {
  house = await startHouse({ queue: 'postgres' })
  await house.catalog.stop()
  await house.catalog.start({ GOLDKEEP_VALIDATION_TRIES: '2' })
  // This machine has no memory for any WIM, however sound it is.
  programs = join(house.directory, 'programs')
  await mkdir(programs)
  const program = join(programs, 'wimlib-imagex')
  await writeFile(program, '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "out of memory" >&2\nexit 39\n')
  await chmod(program, 0o755)
  await house.addWorker({ PATH: `${programs}:${process.env.PATH ?? ''}` }).start()
}, 90_000)
afterAll(() => house.stop(), 30_000)

test('a version that no machine could judge ends as not judged, with the reason and the command', async () => {
  const capture = await captureMachine(join(house.directory, 'capture'))
  await house.goldkeep.run('image', 'create', image)
  const versionId = await uploadVersion(house, image, capture.folder)

  const waited = await house.goldkeep.attempt('version', 'wait', versionId)
  expect(waited.code).toBe(1)
  expect(waited.stderr).toMatch(/could not be judged.*wimlib-imagex fails here with a sound WIM too/s)
  expect(waited.stderr).toContain(`goldkeep version validate ${image}@1`)

  const status = await house.goldkeep.run('status')
  expect(status).toContain(`version ${versionId} is not judged: wim-content:`)
  expect(status).toContain(`goldkeep version validate ${versionId}`)

  // The machine is mended, and somebody asks again.
  await rm(join(programs, 'wimlib-imagex'))
  await house.goldkeep.run('version', 'validate', versionId)
  expect(await house.goldkeep.run('version', 'wait', versionId)).toContain('is VALID')
  await waitUntil(async () => !(await house.goldkeep.run('status')).includes('is not judged'), {
    what: 'the status lists it no more',
  })
}, 120_000)
