import { startHouse, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { captureMachine, uploadVersion, type Capture } from './support/scenario.js'

const image = 'win11-lab'
let house: House
let capture: Capture

/** The machine's capture as @1, with a file that its schema does not call for as @2, and its schema alone as @3. */
beforeAll(async () => {
  house = await startHouse({ queue: 'postgres', workers: 1 })
  capture = await captureMachine(join(house.directory, 'capture'))
  const { goldkeep } = house
  await goldkeep.run('image', 'create', image)
  await uploadVersion(house, image, capture.folder)
  await copyFile(capture.efiFile, join(capture.folder, 'hd0/part9.winpe.wim'))
  await uploadVersion(house, image, capture.folder)
  const linux = ['--schema-only', '--environment', 'linux']
  const alone = await goldkeep.run('upload', 'begin', image, '--schema', capture.schemaFile, ...linux)
  await goldkeep.run('upload', 'seal', alone)
  for (const number of [1, 2, 3]) await goldkeep.run('version', 'wait', `${image}@${number}`)
}, 120_000)
afterAll(() => house.stop(), 30_000)

const warning = /hd0\/part9\.winpe\.wim/

test('a warning is seen in the list, with the version, where it is promoted, and with its image', async () => {
  const { goldkeep } = house
  expect(await goldkeep.run('version', 'list', image)).toMatch(new RegExp(`${image}@2 .*VALID, 1 warning `))
  expect(await goldkeep.run('version', 'list', image)).toMatch(new RegExp(`${image}@1 .*VALID  `))
  expect(await goldkeep.run('version', 'show', `${image}@2`)).toContain('VALID, 1 warning')
  expect(await goldkeep.run('version', 'checks', `${image}@2`)).toContain('is VALID, 1 warning')
  const promoted = await goldkeep.attempt('promote', `${image}@2`)
  expect(promoted.code).toBe(0)
  expect(promoted.stderr).toMatch(warning)
  expect(await goldkeep.run('image', 'show', image)).toMatch(warning)
}, 60_000)

test('a schema without files, or another environment, is promoted over a full version only when it is accepted', async () => {
  const { goldkeep } = house
  await goldkeep.run('promote', `${image}@1`)
  const refused = await goldkeep.attempt('promote', `${image}@3`)
  expect(refused.code).toBe(5)
  expect(refused.stderr).toContain(
    `${image}@3 has a schema and no files, while the primary ${image}@1 has files`,
  )
  expect(refused.stderr).toContain('was captured by linux')
  expect(await goldkeep.run('primary', image)).toContain(`${image}@1`)
  await goldkeep.run('promote', `${image}@3`, '--accept-warnings')
  expect(await goldkeep.run('primary', image)).toContain(`${image}@3`)
}, 60_000)

test('on a terminal the person is asked', async () => {
  const { goldkeep } = house
  await goldkeep.run('promote', `${image}@1`)
  for (const [answer, number] of [
    ['n', 1],
    ['y', 3],
  ] as const) {
    const { stdout } = await goldkeep.shell(
      `export -f goldkeep; echo ${answer} | script -qec 'bash -c "goldkeep promote ${image}@3"' /dev/null`,
    )
    expect(stdout).toContain(`promote ${image}@3 all the same? [y/N]`)
    expect(await goldkeep.run('primary', image)).toContain(`${image}@${number}`)
  }
}, 60_000)

test.each([
  ['Ctrl-C', '\\003', 130, 'interrupted; nothing was changed'],
  ['the end of the input', '\\004', 5, 'nothing was changed, and --accept-warnings'],
])(
  '%s in place of an answer changes nothing',
  async (_, key, exit, sentence) => {
    const { goldkeep } = house
    await goldkeep.run('promote', `${image}@1`)
    const screen = join(house.directory, 'screen')
    const press = `{ until grep -qs y/N ${screen}; do sleep 0.05; done; printf '${key}'; }`
    const asked = await goldkeep.shell(
      `export -f goldkeep; rm -f ${screen}; ${press} | script -qfec 'bash -c "goldkeep promote ${image}@3"' ${screen}; exit \${PIPESTATUS[1]}`,
    )
    expect(asked.stdout).toContain(sentence)
    expect(asked.code).toBe(exit)
    expect(await goldkeep.run('primary', image)).toContain(`${image}@1`)
  },
  60_000,
)

test('a version that is the primary already is not said to take the place of another', async () => {
  const { goldkeep } = house
  await goldkeep.run('promote', `${image}@2`)
  const { stdout, stderr } = await goldkeep.attempt('promote', `${image}@2`)
  expect(stdout).toMatch(new RegExp(`^${image} deploys ${image}@2 .* already; nothing was changed`))
  expect(stderr).not.toContain('undo')
}, 60_000)

test('a rollback to a version of another kind says so, and both can be undone as they are told', async () => {
  const { goldkeep } = house
  await goldkeep.run('promote', `${image}@3`, '--accept-warnings')
  expect((await goldkeep.attempt('promote', `${image}@1`)).stderr).toContain(
    `undo: goldkeep promote ${image}@3 --accept-warnings`,
  )
  const { stderr } = await goldkeep.attempt('rollback', image, '--to', `${image}@3`)
  expect(stderr).toContain(
    `warning: ${image}@3 has a schema and no files, while the former primary ${image}@1`,
  )
  expect(stderr).toContain(`undo: goldkeep version mark ${image}@1 --clear && goldkeep promote ${image}@1\n`)
  await goldkeep.run('version', 'mark', `${image}@1`, '--clear')
}, 60_000)

test('what a deployment has read is shown when it is finished', async () => {
  const { goldkeep } = house
  await goldkeep.run('promote', `${image}@1`)
  const id = await goldkeep.run('deploy', 'start', image, '--machine', '52:54:00:00:00:07')
  await goldkeep.run('deploy', 'fetch', id, '--to', join(house.directory, 'fetched'))
  const finished = JSON.parse(await goldkeep.run('deploy', 'finish', id, '--json')) as Record<string, string>
  expect(Number(finished['bytesRead'])).toBeGreaterThan(0)
  expect(finished['bytesRead']).toBe(finished['bytesTotal'])
}, 60_000)
