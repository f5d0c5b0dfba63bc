import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  captureWim,
  goldkeepCommand,
  makeWindowsTree,
  startProcess,
  temporaryDirectory,
  waitUntil,
  winpeSchema,
  type GoldkeepCommand,
  type TemporaryDirectory,
  type TestProcess,
} from '@goldkeep/testing'

const program = fileURLToPath(new URL('../dist/bundle.js', import.meta.url))
const mebibyte = 1024 * 1024
const reserve = 24 * mebibyte

const anyPorts = { GOLDKEEP_CATALOG_PORT: '0', GOLDKEEP_STORAGE_PORT: '0', GOLDKEEP_POSTGRES_PORT: '0' }

/** A file system of its own, which needs no rights but those over oneself; PostgreSQL does not run as root. */
const onDiskOf = (mebibytes: number): readonly string[] => [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-c'],
  `mount -t tmpfs -o size=${mebibytes}m tmpfs "$GOLDKEEP_HOME" && exec unshare --user --map-user=1000 --map-group=1000 "$@"`,
  'sh',
]

let directory: TemporaryDirectory
let house: TestProcess
let goldkeep: GoldkeepCommand
/** The home as it is seen from outside of its mount. */
let home: string

beforeAll(async () => {
  directory = await temporaryDirectory('full-disk')
  const [command = '', ...under] = onDiskOf(220)
  const inside = join(directory.path, 'home')
  mkdirSync(inside)
  house = startProcess(command, [...under, process.execPath, program], {
    env: {
      ...anyPorts,
      GOLDKEEP_HOME: inside,
      GOLDKEEP_RESERVE: String(reserve),
      GOLDKEEP_LOW_SPACE: String(mebibyte),
    },
  })
  await house.waitForLine(/^Try: /)
  home = `/proc/${house.pid}/root${inside}`
  const { address } = JSON.parse(readFileSync(join(home, 'context.json'), 'utf8')) as { address: string }
  goldkeep = goldkeepCommand({
    GOLDKEEP_ADDRESS: address,
    GOLDKEEP_TOKEN: readFileSync(join(home, 'admin-token'), 'utf8').trim(),
  })
})
afterAll(async () => {
  await house.stop()
  await directory.remove()
})

/** Writes until there is no room for one byte more. */
function fillUp(path: string): void {
  for (const bytes of [mebibyte, 4096])
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(bytes, 7), { flag: 'a' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        break
      }
    }
}

const trouble = async (): Promise<string> =>
  (JSON.parse(await goldkeep.run('status', '--json')) as { trouble: string[] }).trouble.join('\n')

test('deployments start and finish on a disk that others have filled, and it is told until there is room', async () => {
  const folder = join(directory.path, 'capture')
  const file = 'hd0/part1.winpe.wim'
  mkdirSync(join(folder, 'hd0'), { recursive: true })
  const tree = join(directory.path, 'tree')
  await makeWindowsTree(tree, { seed: 1, bytes: mebibyte })
  await captureWim(tree, join(folder, file))
  writeFileSync(join(folder, 'schema'), winpeSchema({ partitions: [{ number: 1, usedMiB: 1 }] }))
  await goldkeep.run('image', 'create', 'lab')
  await goldkeep.run('upload', folder, '--image', 'lab', '--wait')
  await goldkeep.run('promote', 'lab@1')
  expect(await trouble()).toBe('')

  const filler = join(home, 'filler')
  fillUp(filler)
  await waitUntil(async () => (await trouble()).includes('disk of the database is full'), {
    timeoutMs: 30_000,
    what: 'the full disk is told',
  })
  const { bavail, bsize } = statfsSync(home)
  expect(bavail * bsize).toBeGreaterThan(reserve / 2)
  for (const machine of ['PC-001', 'PC-002', 'PC-003']) {
    const started = await goldkeep.run('deploy', 'start', 'lab', '--machine', `serial:${machine}`)
    const id = /dep-\w+/.exec(started)?.[0] ?? ''
    const target = join(directory.path, machine)
    await goldkeep.run('deploy', 'fetch', id, '--to', target)
    await goldkeep.run('deploy', 'finish', id)
    expect(readFileSync(join(target, file)).equals(readFileSync(join(folder, file)))).toBe(true)
  }
  rmSync(filler)
  await waitUntil(async () => (await trouble()) === '', { timeoutMs: 30_000, what: 'nothing is wrong' })
})

test('a disk that has no room for a database is told by its name', async () => {
  const [command = '', ...under] = onDiskOf(20)
  const inside = join(directory.path, 'small')
  mkdirSync(inside)
  const small = startProcess(command, [...under, process.execPath, program], {
    env: { ...anyPorts, GOLDKEEP_HOME: inside },
  })
  expect(await small.end).toMatchObject({ code: 1 })
  expect(small.stderr().trim()).toMatch(
    /^goldkeep all-in-one: the disk of \S+ has too little space for a new database/,
  )
})
