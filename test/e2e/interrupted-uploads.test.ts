import {
  goldkeepCommand,
  startHouse,
  tcpProxy,
  waitUntil,
  type House,
  type TcpProxy,
} from '@goldkeep/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { interruptUploads } from './support/interrupt-uploads.js'
import { captureMachine, efi, windows, type Capture } from './support/scenario.js'

let house: House
let capture: Capture
let toCatalog: TcpProxy
let toStorage: TcpProxy
let image: string
let images = 0

beforeAll(async () => {
  // Without a worker no version gets a verdict, so that a command can be broken off while it waits for one.
  house = await startHouse({
    queue: 'postgres',
    advertise: async (port) => {
      toStorage = await tcpProxy(`127.0.0.1:${port}`)
      return toStorage.address
    },
  })
  toCatalog = await tcpProxy(house.catalogAddress)
  capture = await captureMachine(join(house.directory, 'capture'))
}, 120_000)
afterAll(async () => {
  await toCatalog.stop()
  await house.stop()
  await toStorage.stop()
}, 30_000)
beforeEach(async () => {
  images += 1
  image = `lab-${images}`
  await house.goldkeep.run('image', 'create', image)
})
afterEach(() => {
  for (const proxy of [toCatalog, toStorage]) {
    proxy.refuse(false)
    proxy.delay(0)
    proxy.resume()
  }
})

/** The command as it reaches the catalog through the proxy. */
const goldkeep = () => goldkeepCommand({ ...house.environment, GOLDKEEP_ADDRESS: toCatalog.address })
const folderUpload = (): string[] => ['upload', capture.folder, '--image', image]
const beginUpload = (): string[] => ['upload', 'begin', image, '--schema', capture.schemaFile]

/** The states of all versions that the image ever had. */
async function states(): Promise<string[]> {
  const text = await house.goldkeep.run('version', 'list', image, '--all', '--json')
  return (JSON.parse(text) as { versions: { state: string }[] }).versions.map(({ state }) => state)
}

/** More than is sent before the schema, and less than the schema. */
const beforeSchema = 1_200

/** Starts a command and ends it when the catalog has begun an upload whose answer is held back. */
async function brokenOffWhileBegun(signal: NodeJS.Signals, args: readonly string[]): Promise<void> {
  toCatalog.stallAfter(beforeSchema)
  const running = goldkeep().start(...args)
  await waitUntil(async () => (await states()).length === 1, {
    timeoutMs: 20_000,
    what: 'the catalog has begun the upload',
  })
  expect(toCatalog.stalled()).toBe(true)
  running.process.kill(signal)
  await running.outcome
  toCatalog.resume()
}

describe('a command that is broken off while its upload begins', () => {
  test('finds the upload of its folder again', async () => {
    await brokenOffWhileBegun('SIGINT', folderUpload())
    await goldkeep().run(...folderUpload())
    expect(await states()).toEqual(['PENDING'])
  }, 60_000)

  test('finds the upload of its schema again, once', async () => {
    await brokenOffWhileBegun('SIGKILL', beginUpload())
    const found = await goldkeep().run(...beginUpload())
    expect(await states()).toEqual(['UPLOADING'])
    expect(await goldkeep().run(...beginUpload())).not.toBe(found)
  }, 60_000)

  test('finds it again after storage did not take it, and has said so', async () => {
    toStorage.refuse(true)
    for (const args of [folderUpload(), beginUpload()]) {
      const { code, stderr } = await goldkeep().attempt(...args, '--retry-for', '300ms')
      expect(code).toBe(6)
      expect(stderr).toMatch(/upload \S+ has begun, .*the same command again goes on with it/)
    }
    toStorage.refuse(false)
    await goldkeep().run(...folderUpload())
    await goldkeep().run(...beginUpload())
    expect((await states()).toSorted()).toEqual(['PENDING', 'UPLOADING'])
  }, 60_000)
})

test('a command that is killed while its first file begins is repeated at once', async () => {
  toStorage.delay(300)
  const running = goldkeep().start(...folderUpload())
  const staged = async (): Promise<boolean> => {
    const found = await readdir(join(house.volume, 'staging'), { recursive: true })
    return found.some((name) => name.endsWith(efi))
  }
  await waitUntil(staged, { timeoutMs: 30_000, what: 'storage has begun the file' })
  running.process.kill('SIGKILL')
  await running.outcome
  toStorage.delay(0)
  await goldkeep().run(...folderUpload())
  expect(await states()).toEqual(['PENDING'])
}, 60_000)

const sealed = async (): Promise<string | undefined> => {
  const names = await readdir(join(house.volume, 'images', image, 'versions')).catch(() => [])
  return names.find((name) => /^\d{8}T/.test(name))
}

describe('a command that is broken off after the seal', () => {
  test('before it heard of it makes no second version', async () => {
    toStorage.delay(400)
    const running = goldkeep().start(...folderUpload())
    const id = await waitUntil(sealed, { timeoutMs: 30_000, what: 'storage has sealed' })
    running.process.kill('SIGINT')
    const { stderr } = await running.outcome
    expect(stderr).toContain(`goldkeep upload seal ${id}`)
    toStorage.delay(0)
    const again = await goldkeep().attempt(...folderUpload())
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(id) })
    expect(again.stderr).toContain('sealed already')
    expect(await states()).toEqual(['PENDING'])
    // When the command has been answered, the same folder makes another version.
    await goldkeep().run(...folderUpload())
    expect(await states()).toHaveLength(2)
  }, 60_000)

  test('while it waits for the verdict says so, and waits for the same version when it is repeated', async () => {
    for (const round of [1, 2]) {
      const running = goldkeep().start(...folderUpload(), '--wait')
      let said = ''
      running.process.stderr?.on('data', (text: string) => (said += text))
      await waitUntil(() => said.includes('checks are'), {
        timeoutMs: 20_000,
        what: `it waits, time ${round}`,
      })
      running.process.kill('SIGINT')
      const { code, stderr } = await running.outcome
      expect(code).toBe(130)
      expect(stderr).toContain(`${image}@1 is sealed, and its checks go on: goldkeep version wait ${image}@1`)
    }
    expect(await states()).toEqual(['PENDING'])
  }, 60_000)

  test('and whose version is lost makes another one', async () => {
    toStorage.delay(400)
    const running = goldkeep().start(...folderUpload())
    const id = await waitUntil(sealed, { timeoutMs: 30_000, what: 'storage has sealed' })
    running.process.kill('SIGINT')
    await running.outcome
    toStorage.delay(0)
    await rm(join(house.volume, 'images', image, 'versions', id), { recursive: true })
    const { code, stderr } = await goldkeep().attempt(...folderUpload())
    expect(stderr).toContain('was sealed from this folder and is MISSING; this makes another version')
    expect(code).toBe(0)
    expect(await states()).toHaveLength(2)
  }, 60_000)

  test('because the catalog is lost says the same', async () => {
    const running = goldkeep().start(...folderUpload(), '--wait', '--retry-for', '300ms')
    let said = ''
    running.process.stderr?.on('data', (text: string) => (said += text))
    await waitUntil(() => said.includes('checks are'), { timeoutMs: 20_000, what: 'it waits' })
    toCatalog.refuse(true)
    toCatalog.cut()
    const { code, stderr } = await running.outcome
    expect(code).toBe(6)
    expect(stderr).toContain(`${image}@1 is sealed, and its checks go on: goldkeep version wait ${image}@1`)
    toCatalog.refuse(false)
    await goldkeep().run(...folderUpload())
    expect(await states()).toEqual(['PENDING'])
  }, 60_000)
})

test('an upload that loses its storage says how to go on, and every command takes its number', async () => {
  const id = await goldkeep().run(...beginUpload())
  const upload = `${image}@1`
  await goldkeep().run('upload', 'write', upload, efi, capture.efiFile)
  toStorage.refuse(true)
  toStorage.cut()
  const lost = await goldkeep().attempt(
    ...['upload', 'write', upload, windows, capture.windowsFile, '--retry-for', '300ms'],
  )
  expect(lost.code).toBe(6)
  expect(lost.stderr).toContain(`go on: goldkeep upload write ${upload} ${windows} ${capture.windowsFile}`)
  toStorage.refuse(false)
  await goldkeep().run('upload', 'write', id.slice(0, -2), windows, capture.windowsFile)
  expect(await goldkeep().run('upload', 'status', upload)).toContain(windows)
  expect(await goldkeep().run('upload', 'seal', upload)).toContain(`${upload} is sealed`)
  const { uploads } = JSON.parse(await goldkeep().run('upload', 'list', image, '--all', '--json')) as {
    uploads: { state: string; expireTime?: string }[]
  }
  expect(uploads).toEqual([expect.objectContaining({ state: 'SEALED' })])
  expect(uploads[0]).not.toHaveProperty('expireTime')
  await goldkeep().run(...beginUpload())
  expect(await goldkeep().run('upload', 'abort', `${image}@2`)).toContain(`${image}@2`)
}, 60_000)

test('a folder that is broken off at any moment and sent again makes one version', async () => {
  for (const round of await interruptUploads(house, capture, 'folder', [500, 700]))
    expect(round).toMatchObject({ states: ['PENDING'] })
}, 120_000)
