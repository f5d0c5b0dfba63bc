import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  goldkeepCommand,
  startProcess,
  temporaryDirectory,
  type TemporaryDirectory,
  type TestProcess,
} from '@goldkeep/testing'

const program = fileURLToPath(new URL('../dist/bundle.js', import.meta.url))
let directory: TemporaryDirectory
let house: TestProcess | undefined

beforeEach(async () => {
  directory = await temporaryDirectory('lost-volume')
})
afterEach(async () => {
  await house?.stop()
  await directory.remove()
})

function launch(home: string, environment: Readonly<Record<string, string>> = {}): TestProcess {
  const ports = { GOLDKEEP_CATALOG_PORT: '0', GOLDKEEP_STORAGE_PORT: '0', GOLDKEEP_POSTGRES_PORT: '0' }
  house = startProcess(process.execPath, [program], {
    env: { ...ports, GOLDKEEP_HOME: home, ...environment },
  })
  return house
}

async function startAndStop(home: string): Promise<void> {
  const started = launch(home)
  await started.waitForLine(/^Try: /)
  await started.stop()
}

const volumeIdOf = (volume: string): string =>
  (JSON.parse(readFileSync(join(volume, 'volume.json'), 'utf8')) as { volume: string }).volume

test('an all-in-one whose volume is absent, empty or another refuses to start, until the volume is back or retired', async () => {
  const home = join(directory.path, 'home')
  const volume = join(home, 'volume')
  const away = join(directory.path, 'away')
  await startAndStop(home)
  const id = volumeIdOf(volume)
  const refused = async (found: string): Promise<void> => {
    const started = launch(home)
    expect(await started.end).toMatchObject({ code: 78 })
    expect(started.stderr()).toContain(`expected volume ${id} in ${volume}, found ${found}`)
    expect(started.stderr()).toContain(`GOLDKEEP_RETIRE_VOLUME=${id}`)
  }
  renameSync(volume, away)
  // The catalog still knows its volume when this file, which the first start wrote, is gone.
  rmSync(join(home, 'context.json'))
  await refused(`no ${volume}/volume.json`)
  expect(existsSync(volume)).toBe(false)
  mkdirSync(volume)
  await refused(`no ${volume}/volume.json`)
  rmSync(volume, { recursive: true })
  const otherHome = join(directory.path, 'other')
  await startAndStop(otherHome)
  renameSync(join(otherHome, 'volume'), volume)
  await refused(`volume ${volumeIdOf(volume)}`)
  rmSync(volume, { recursive: true })

  const retiring = launch(home, { GOLDKEEP_RETIRE_VOLUME: id })
  await retiring.waitForLine(/^Try: /)
  const listed = JSON.parse(
    await goldkeepCommand({ GOLDKEEP_HOME: home }).run('volume', 'list', '--json'),
  ) as {
    volumes: { volumeId: string; retired?: object }[]
  }
  expect(volumeIdOf(volume)).not.toBe(id)
  expect(listed.volumes.filter(({ retired }) => retired).map(({ volumeId }) => volumeId)).toEqual([id])
  await retiring.stop()
}, 120_000)
