import {
  sha256OfFile,
  startHouse,
  tcpProxy,
  treeOf,
  waitUntil,
  type House,
  type TcpProxy,
} from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  begin,
  captureMachine,
  committedBytes,
  efi,
  sumsMatch,
  uploadVersion,
  versionDirectory,
  windows,
  type Capture,
} from './support/scenario.js'

const image = 'win11-lab'
const mebibyte = 1024 * 1024
/** More than any disk has: uploads find no room. */
const full = { GOLDKEEP_RESERVE: '999999999999' }

/** Bytes of files that are not whole yet. */
async function partBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const parts = names.filter((name) => name.endsWith('.goldkeep-part'))
  const sizes = await Promise.all(parts.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('a transfer in the middle of which storage goes away', () => {
  let house: House
  let capture: Capture
  let toStorage: TcpProxy

  beforeAll(async () => {
    house = await startHouse({
      queue: 'postgres',
      advertise: async (port) => {
        toStorage = await tcpProxy(`127.0.0.1:${port}`)
        return toStorage.address
      },
    })
    capture = await captureMachine(join(house.directory, 'capture'), 40 * mebibyte)
    await house.goldkeep.run('image', 'create', image)
  }, 120_000)
  afterAll(async () => {
    await house.stop()
    await toStorage.stop()
  }, 30_000)

  /** Waits until the transfer under way stands still half-way, and kills storage. */
  const killHalfWay = async (): Promise<void> => {
    await waitUntil(() => toStorage.stalled(), { timeoutMs: 20_000, what: 'half of the file is on its way' })
    await house.storage.kill()
    toStorage.resume()
  }
  const storedSha256 = (id: string): Promise<string> =>
    sha256OfFile(join(versionDirectory(house, image, id), windows))

  test('a pipe loses nothing by it, and its producer does not notice', async () => {
    const id = await begin(house, image, capture)
    toStorage.stallAfter(10 * mebibyte)
    const piping = house.goldkeep.pipe(
      `cat '${capture.windowsFile}'`,
      'upload',
      'write',
      id,
      windows,
      '--json',
    )
    await killHalfWay()
    await house.storage.start()
    expect(JSON.parse(await piping)).toMatchObject({ sha256: await sha256OfFile(capture.windowsFile) })
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    await house.goldkeep.run('upload', 'seal', id)
    await sumsMatch(versionDirectory(house, image, id))
  }, 90_000)

  test('a producer is held while the volume is full, and goes on when there is room', async () => {
    const id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    toStorage.stallAfter(10 * mebibyte)
    const producing = house.goldkeep.start(
      'upload',
      'write',
      id,
      windows,
      '--json',
      '--',
      'cat',
      capture.windowsFile,
    )
    let said = ''
    producing.process.stderr?.on('data', (text: string) => (said += text))
    await killHalfWay()
    await house.storage.start(full)
    await waitUntil(() => said.includes('waiting for room on the volume'), {
      timeoutMs: 30_000,
      what: 'the command says for what it waits',
    })
    expect(producing.process.exitCode).toBeNull()
    // A file can be sent again, so that it does not wait unless told to.
    const sent = await house.goldkeep.attempt('upload', 'write', id, efi, capture.efiFile, '--json')
    expect(sent.code).toBe(0)
    const other = await house.goldkeep.attempt('upload', 'write', id, 'hd0/table', capture.efiFile, '--json')
    expect(other.code).toBe(8)
    await house.storage.kill()
    await house.storage.start()
    const { code, stdout } = await producing.outcome
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ sha256: await sha256OfFile(capture.windowsFile) })
    await house.goldkeep.run('upload', 'seal', id)
    expect(await storedSha256(id)).toBe(await sha256OfFile(capture.windowsFile))
  }, 120_000)

  test('a consumer gets the rest of its file, and applies the very tree that was captured', async () => {
    const id = await uploadVersion(house, image, capture.folder)
    await house.goldkeep.run('promote', id, '--force', '--reason', 'no worker here checks it')
    const deployment = await house.goldkeep.run('deploy', 'start', image, '--machine', 'serial:PC-1')
    const applied = join(house.directory, 'applied')
    await mkdir(applied)
    toStorage.stallBackAfter(10 * mebibyte)
    const command = ['wimlib-imagex', 'apply', '-', '1', applied]
    const fetching = house.goldkeep.start('deploy', 'fetch', deployment, '--file', windows, '--', ...command)
    await killHalfWay()
    await house.storage.start()
    expect(await fetching.outcome).toMatchObject({ code: 0 })
    expect(await treeOf(applied)).toEqual(await treeOf(capture.windowsTree))
  }, 90_000)

  test('a fetch that is broken off goes on where it was when it is run again', async () => {
    const id = await uploadVersion(house, image, capture.folder)
    await house.goldkeep.run('promote', id, '--force', '--reason', 'no worker here checks it')
    const deployment = await house.goldkeep.run('deploy', 'start', image, '--machine', 'serial:PC-2')
    const folder = join(house.directory, 'fetched')
    const fetch = ['deploy', 'fetch', deployment, '--to', folder]
    toStorage.stallBackAfter(10 * mebibyte)
    const first = house.goldkeep.start(...fetch)
    await waitUntil(() => toStorage.stalled(), { timeoutMs: 20_000, what: 'half of the files is on its way' })
    await waitUntil(async () => (await partBytes(folder)) > mebibyte, {
      timeoutMs: 20_000,
      what: 'some of it is written',
    })
    first.process.kill('SIGINT')
    toStorage.resume()
    const { code, stderr } = await first.outcome
    expect(code).toBe(130)
    expect(stderr).toContain('repeat the command to go on')
    const kept = await partBytes(folder)
    const before = toStorage.returned()
    expect(await house.goldkeep.attempt(...fetch)).toMatchObject({ code: 0 })
    expect(await sha256OfFile(join(folder, windows))).toBe(await sha256OfFile(capture.windowsFile))
    expect(await partBytes(folder)).toBe(0)
    expect(toStorage.returned() - before).toBeLessThan((await stat(capture.windowsFile)).size - kept / 2)
  }, 90_000)

  test('Ctrl-C leaves an upload that can go on, and says how; run again it sends only what is missing', async () => {
    toStorage.stallAfter(10 * mebibyte)
    const first = house.goldkeep.start('upload', capture.folder, '--image', image)
    await waitUntil(() => toStorage.stalled(), { timeoutMs: 20_000, what: 'half of the files is on its way' })
    await waitUntil(async () => (await committedBytes(house)) > mebibyte, {
      timeoutMs: 20_000,
      what: 'some of it is committed',
    })
    first.process.kill('SIGINT')
    toStorage.resume()
    const { code, stderr } = await first.outcome
    expect(code).toBe(130)
    expect(stderr).toContain(`go on: goldkeep upload ${capture.folder} --image ${image}`)
    const before = toStorage.forwarded()
    const second = await house.goldkeep.attempt('upload', capture.folder, '--image', image)
    expect(second).toMatchObject({ code: 0 })
    expect(second.stderr).toMatch(/going on with upload/)
    expect(toStorage.forwarded() - before).toBeLessThan((await stat(capture.windowsFile)).size)
  }, 90_000)

  test('Ctrl-C while the checks are waited for says that the version is sealed, and how to wait on', async () => {
    const waiting = house.goldkeep.start('upload', capture.folder, '--image', image, '--wait')
    let said = ''
    waiting.process.stderr?.on('data', (text: string) => (said += text))
    await waitUntil(() => said.includes('checks are'), {
      timeoutMs: 30_000,
      what: 'the checks are waited for',
    })
    waiting.process.kill('SIGINT')
    const { code, stdout, stderr } = await waiting.outcome
    expect(code).toBe(130)
    const [reference = ''] = /^win11-lab@[0-9]+/.exec(stdout) ?? []
    expect(stderr).toContain(
      `${reference} is sealed, and its checks go on: goldkeep version wait ${reference}`,
    )
    expect(stderr).not.toContain('repeat the command')
  }, 60_000)
})
