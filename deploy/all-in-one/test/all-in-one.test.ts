import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  freePort,
  goldkeepCommand,
  startProcess,
  temporaryDirectory,
  type TemporaryDirectory,
  type TestProcess,
} from '@goldkeep/testing'

const program = fileURLToPath(new URL('../dist/bundle.js', import.meta.url))
const anyPorts = {
  GOLDKEEP_CATALOG_PORT: '0',
  GOLDKEEP_STORAGE_PORT: '0',
  GOLDKEEP_POSTGRES_PORT: '0',
  GOLDKEEP_LOG_LEVEL: 'warn',
}

let directory: TemporaryDirectory
let started: TestProcess[]

beforeEach(async () => {
  directory = await temporaryDirectory('all-in-one')
  started = []
})

afterEach(async () => {
  await Promise.all(started.map((house) => house.stop()))
  await directory.remove()
})

function launch(home: string, environment: Readonly<Record<string, string>> = {}): TestProcess {
  const house = startProcess(process.execPath, [program], {
    env: { ...anyPorts, GOLDKEEP_HOME: home, ...environment },
  })
  started.push(house)
  return house
}

async function startHouse(
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestProcess> {
  const house = launch(home, environment)
  await house.waitForLine(/^Try: /)
  return house
}

const postgresPid = (home: string): number =>
  Number.parseInt(readFileSync(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10)

/** One that has ended and that nobody has asked for its end (state Z) does not run. */
function runs(pid: number): boolean {
  const path = `/proc/${pid}/stat`
  return existsSync(path) && !/\) [ZX] /.test(readFileSync(path, 'utf8'))
}

test('a house that was killed with kill -9 starts again and has kept everything', async () => {
  const home = join(directory.path, 'home')
  const goldkeep = goldkeepCommand({ GOLDKEEP_HOME: home })
  // Fixed, as the ports are that are the default: the server that is left behind holds its own.
  const ports = {
    GOLDKEEP_POSTGRES_PORT: String(await freePort()),
    GOLDKEEP_STORAGE_PORT: String(await freePort()),
  }
  const first = await startHouse(home, ports)
  await goldkeep.run('image', 'create', 'win11-lab')
  const abandoned = postgresPid(home)
  await first.killHard()
  expect(runs(abandoned)).toBe(true)

  const second = await startHouse(home, ports)
  expect(runs(abandoned)).toBe(false)
  expect(await goldkeep.run('image', 'list')).toContain('win11-lab')

  expect(await second.stop()).toEqual({ code: 0, signal: null })
  expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
  const warnings = second.stderr().trim().split('\n')
  expect(warnings).toEqual([expect.stringContaining('stopping a PostgreSQL that was left running')])
})

test('two houses live side by side, each home has one, and its secrets are readable by nobody else', async () => {
  const homes = ['one', 'number two'].map((name) => join(directory.path, name))
  await Promise.all(homes.map((home) => startHouse(home)))
  const [one = '', two = ''] = homes
  expect(started[1]?.stdout()).toContain(`Try: GOLDKEEP_HOME='${two}' npx goldkeep status`)
  const modes = ['admin-token', 'service-key', 'context.json', 'postgres/password'].map(
    (name) => statSync(join(one, name)).mode & 0o777,
  )
  expect(modes).toEqual([0o600, 0o600, 0o600, 0o600])
  await goldkeepCommand({ GOLDKEEP_HOME: one }).run('image', 'create', 'win11-lab')
  expect(await goldkeepCommand({ GOLDKEEP_HOME: two }).run('image', 'list')).not.toContain('win11-lab')

  const again = launch(one)
  expect(await again.end).toMatchObject({ code: 1 })
  expect(again.stderr()).toContain(`${one} is in use by process ${started[0]?.pid}`)
  expect(await goldkeepCommand({ GOLDKEEP_HOME: one }).run('image', 'list')).toContain('win11-lab')

  const database = postgresPid(one)
  expect(await started[0]?.stop('SIGHUP')).toEqual({ code: 0, signal: null })
  expect(runs(database)).toBe(false)
})

test('ports that are taken are named with the variables that set them, before anything is started', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const port = String((other.address() as AddressInfo).port)
  const home = join(directory.path, 'home')
  const house = launch(home, {
    GOLDKEEP_CATALOG_PORT: port,
    GOLDKEEP_POSTGRES_PORT: port,
    GOLDKEEP_STORAGE_PORT: '1',
    GOLDKEEP_STORAGE_HOST: '192.0.2.1',
  })
  expect(await house.end).toMatchObject({ code: 78 })
  expect(house.stderr()).toContain(`GOLDKEEP_CATALOG_PORT: 127.0.0.1:${port} is taken by another program`)
  expect(house.stderr()).toContain(
    `GOLDKEEP_POSTGRES_PORT: expected another port than GOLDKEEP_CATALOG_PORT, found ${port} for both`,
  )
  expect(house.stderr()).toContain(
    'GOLDKEEP_STORAGE_HOST: expected a name or an address of this machine, found 192.0.2.1',
  )
  expect(existsSync(join(home, 'postgres'))).toBe(false)
  other.close()
})

test('a home that cannot be used is named', async () => {
  const home = join(directory.path, 'home')
  writeFileSync(home, 'a file')
  const house = launch(home)
  expect(await house.end).toMatchObject({ code: 78 })
  expect(house.stderr()).toContain(
    `GOLDKEEP_HOME: cannot use ${home}: expected a directory, found something else`,
  )
})

test('a home where PostgreSQL, or we ourselves, may not go is named', async () => {
  const closed = join(directory.path, 'closed')
  mkdirSync(closed)
  chmodSync(closed, process.getuid?.() === 0 ? 0o700 : 0o500)
  const house = launch(join(closed, 'home'))
  const { code } = await house.end
  expect(code).not.toBe(0)
  expect(house.stderr()).toContain(closed)
})

test('every bad setting is told at once', async () => {
  const house = launch(join(directory.path, 'a\nhome'), {
    GOLDKEEP_CATALOG_PORT: '70000',
    GOLDKEEP_STORAGE_PORT: 'none',
  })
  expect(await house.end).toMatchObject({ code: 78 })
  expect(house.stderr()).toMatch(
    /GOLDKEEP_HOME: expected a path .*\n.*GOLDKEEP_CATALOG_PORT: .*\n.*GOLDKEEP_STORAGE_PORT: /,
  )
})
