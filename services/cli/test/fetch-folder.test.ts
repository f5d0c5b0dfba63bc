import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchAll, fetchOne } from '../src/transfer/fetch-files.js'
import { fakeDeployment, filesOf } from './support/fake-deployment.mjs'

const root = await mkdtemp(join(tmpdir(), 'goldkeep-folder-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const progress = { line: () => ({ update: () => {}, end: () => {} }), stop: () => {} }
const mark = 'goldkeep-unfinished.txt'
const part1 = 'hd0/part1.winpe.wim'
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(root, 'to-'))
})

const at = (path: string): string => join(directory, path)
const fetchVersion = (version: 'v1' | 'v2') => fetchAll(fakeDeployment(version), directory, 2, progress)

/** Which version the folder is the whole of, as a client sees it that reads the schema first and knows no mark. */
async function versionIn(): Promise<'v1' | 'v2' | 'unfinished' | 'unmarked' | 'mixture'> {
  if (!existsSync(at('schema'))) return existsSync(at(mark)) ? 'unfinished' : 'unmarked'
  const names = (await readdir(at('hd0')))
    .filter((name) => name.endsWith('.wim'))
    .map((name) => `hd0/${name}`)
  const found: Record<string, string> = {}
  for (const name of names.toSorted()) found[name] = await readFile(at(name), 'utf8')
  for (const version of ['v1', 'v2'] as const)
    if (JSON.stringify(found) === JSON.stringify(filesOf(version))) return version
  return 'mixture'
}

describe('a folder that holds another version', () => {
  beforeEach(() => fetchVersion('v1'))

  test('becomes the new one whole, and what only the old one had is moved aside', async () => {
    expect(await versionIn()).toBe('v1')
    const { aside } = await fetchVersion('v2')
    expect(await versionIn()).toBe('v2')
    expect(await readFile(join(aside ?? '', 'hd0/part2.winpe.wim'), 'utf8')).toBe('two-of-v1')
  })

  test('becomes the new one whole when it is the working directory, written as a dot', async () => {
    const before = process.cwd()
    process.chdir(directory)
    try {
      const { aside, foreign } = await fetchAll(fakeDeployment('v2'), '.', 2, progress)
      expect(await versionIn()).toBe('v2')
      expect(await readFile(join(aside ?? '', 'hd0/part2.winpe.wim'), 'utf8')).toBe('two-of-v1')
      expect(foreign).toEqual([])
    } finally {
      process.chdir(before)
    }
  })

  test('stays what it is while not all files have come, and the next fetch reads only what is missing', async () => {
    const asked: string[] = []
    const reading = (breakAt?: string) =>
      fakeDeployment('v2', async function* ({ path }, after) {
        if (path === breakAt) throw new Error('broken off')
        const missing = Buffer.from(filesOf('v2')[path] ?? '').subarray(after?.size ?? 0)
        if (missing.length > 0) asked.push(path)
        yield await Promise.resolve(missing)
      })
    const broken = fetchAll(reading('hd0/part3.winpe.wim'), directory, 1, progress)
    await expect(broken).rejects.toThrow('broken off')
    expect(await versionIn()).toBe('v1')
    await fetchAll(reading(), directory, 1, progress)
    expect(await versionIn()).toBe('v2')
    expect(asked).toEqual([part1, 'hd0/part3.winpe.wim'])
    await fetchAll(reading(part1), directory, 1, progress)
  })

  test('gets no single file of the new one', async () => {
    const deployment = fakeDeployment('v2')
    await expect(fetchOne(deployment, deployment.file(part1), directory, progress)).rejects.toMatchObject({
      reason: 'MIXED_VERSIONS',
      exit: 5,
    })
    expect(await versionIn()).toBe('v1')
  })

  test('gets a single file of its own again', async () => {
    await writeFile(at(part1), 'damaged')
    const deployment = fakeDeployment('v1')
    await fetchOne(deployment, deployment.file(part1), directory, progress)
    expect(await versionIn()).toBe('v1')
  })

  test('goes back to the old one when its fetch is run again, without what was left of the new one', async () => {
    await writeFile(at(`${part1}.${'a'.repeat(16)}.goldkeep-part`), 'x')
    await fetchVersion('v1')
    expect(await versionIn()).toBe('v1')
    expect(
      (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.goldkeep-part')),
    ).toEqual([])
  })
})

test('files that belong to no capture stay, and are named', async () => {
  await mkdir(at('hd0/deeper'), { recursive: true })
  for (const name of ['notes.txt', 'hd0/deeper/x']) await writeFile(at(name), name)
  const { foreign, aside } = await fetchVersion('v1')
  expect([...foreign].sort()).toEqual(['hd0/deeper/x', 'notes.txt'])
  expect(aside).toBeUndefined()
  expect(await readFile(at('notes.txt'), 'utf8')).toBe('notes.txt')
})

test.each([
  ['hd0', 'a folder', 'a symbolic link', (place: string) => symlink(root, place)],
  ['hd0', 'a folder', 'a file', (place: string) => writeFile(place, 'x')],
  [part1, 'a file', 'a folder', (place: string) => mkdir(place, { recursive: true })],
  ['schema', 'a file', 'a folder', (place: string) => mkdir(place)],
])(
  'what is in the place of %s is noticed before anything is touched: expected %s, found %s',
  async (...row) => {
    const [name, expected, found, make] = row
    await writeFile(at('hd1-notes'), 'mine')
    await make(at(name))
    const before = await readdir(directory, { recursive: true })
    await expect(fetchVersion('v1')).rejects.toMatchObject({
      reason: 'IN_THE_WAY',
      message: `${at(name)}: expected ${expected} or nothing, found ${found}; move it away, or use another folder`,
    })
    expect(await readdir(directory, { recursive: true })).toEqual(before)
  },
)

test('two fetches into one folder at once: the second is refused, and may come when the first has ended', async () => {
  let goOn = (): void => {}
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  let tellBegun = (): void => {}
  const begun = new Promise<void>((resolve) => (tellBegun = resolve))
  const slow = fakeDeployment('v1', async function* ({ path }) {
    tellBegun()
    await gate
    yield Buffer.from(filesOf('v1')[path] ?? '')
  })
  const first = fetchAll(slow, directory, 2, progress)
  await begun
  const refusal = { reason: 'FOLDER_BUSY', exit: 5 }
  await expect(fetchVersion('v2')).rejects.toMatchObject(refusal)
  const deployment = fakeDeployment('v2')
  await expect(fetchOne(deployment, deployment.file(part1), directory, progress)).rejects.toMatchObject(
    refusal,
  )
  goOn()
  await first
  expect(await versionIn()).toBe('v1')
  await fetchVersion('v2')
  expect(await versionIn()).toBe('v2')
})

/** Runs `work`; `onSync` sees every file and folder just before it is synced. */
async function watchingSyncs(onSync: (handle: FileHandle) => Promise<void>, work: () => Promise<unknown>) {
  const probe = await open(root)
  const handles = Object.getPrototypeOf(probe) as { sync: (this: FileHandle) => Promise<void> }
  await probe.close()
  const { sync } = handles
  handles.sync = async function () {
    await onSync(this)
    return sync.call(this)
  }
  try {
    await work()
  } finally {
    handles.sync = sync
  }
}

test('a file is on stable storage before it gets its name', async () => {
  const synced: { size: number; named: boolean }[] = []
  const deployment = fakeDeployment('v1')
  await watchingSyncs(
    async (handle) => {
      const found = await handle.stat()
      if (found.isFile()) synced.push({ size: found.size, named: existsSync(at(part1)) })
    },
    () => fetchOne(deployment, deployment.file(part1), directory, progress),
  )
  expect(synced).toEqual([{ size: filesOf('v1')[part1]?.length, named: false }])
})

test('whenever something is synced the folder is the old version, the new one, or visibly neither', async () => {
  await fetchVersion('v1')
  const seen: string[] = []
  await watchingSyncs(
    async () => void seen.push(await versionIn()),
    () => fetchVersion('v2'),
  )
  expect([...new Set(seen)]).toEqual(['v1', 'unfinished', 'v2'])
})

describe('a fetch that is killed', () => {
  const script = fileURLToPath(new URL('./support/fetch-version.mjs', import.meta.url))
  const calls = '/^(rename|unlink|fsync|mkdir|rmdir)'

  /** Kills the fetch at the n-th of the calls that change the folder. @returns whether it was still running */
  function fetchKilledAt(n: number): boolean {
    const strace = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`]
    const inject = ['-e', `inject=${calls}:signal=KILL:when=${n}`]
    // One thread does all calls of the file system, so that they are counted together.
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '' }
    const run = spawnSync('strace', [...strace, ...inject, process.execPath, script, directory, 'v2'], {
      env,
      encoding: 'utf8',
    })
    if (run.status === 0) return false
    expect(run).toMatchObject({ signal: 'SIGKILL' })
    return true
  }

  test('at any step leaves the whole old version, the whole new one, or visibly neither, and can be run again', async () => {
    const seen: string[] = []
    for (let n = 1; ; n += 1) {
      await rm(directory, { recursive: true })
      await fetchVersion('v1')
      if (!fetchKilledAt(n)) break
      seen.push(await versionIn())
      await fetchVersion('v2')
      expect(await versionIn()).toBe('v2')
      expect(existsSync(at(mark))).toBe(false)
    }
    expect(new Set(seen)).toEqual(new Set(['v1', 'unfinished', 'v2']))
  }, 120_000)
})
