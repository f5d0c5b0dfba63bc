import { sha256OfFile, startHouse, tcpProxy, waitUntil, type House, type TcpProxy } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { access, chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  begin,
  captureMachine,
  committedBytes,
  efi,
  uploadVersion,
  versionDirectory,
  windows,
  type Capture,
} from './support/scenario.js'

const image = 'win11-lab'

interface FileStatus {
  readonly path: string
  readonly state: string
  readonly committedSize: string
}

describe('services that are killed', () => {
  let house: House
  let capture: Capture
  let toStorage: TcpProxy
  let toCatalog: TcpProxy

  beforeAll(async () => {
    house = await startHouse({
      queue: 'postgres',
      advertise: async (port) => {
        toStorage = await tcpProxy(`127.0.0.1:${port}`)
        return toStorage.address
      },
      catalogAddress: async (port) => {
        toCatalog = await tcpProxy(`127.0.0.1:${port}`)
        return toCatalog.address
      },
    })
    capture = await captureMachine(join(house.directory, 'capture'), 40 * 1024 * 1024)
    await house.goldkeep.run('image', 'create', image)
  }, 120_000)
  afterAll(async () => {
    await house.stop()
    await toStorage.stop()
    await toCatalog.stop()
  }, 30_000)

  const statusOf = async (id: string, file = windows): Promise<FileStatus | undefined> => {
    const status = await house.goldkeep.run('upload', 'status', id, '--json')
    return (JSON.parse(status) as { files: FileStatus[] }).files.find(({ path }) => path === file)
  }

  /** Sends half of `file` as the Windows partition, then kills storage and client; says what was committed. */
  const killInTheMiddle = async (id: string, file: string): Promise<number> => {
    toStorage.stallAfter(10 * 1024 * 1024)
    const writing = house.goldkeep.start('upload', 'write', id, windows, file)
    await waitUntil(() => toStorage.stalled(), { timeoutMs: 20_000, what: 'half of the file is on its way' })
    await waitUntil(async () => (await committedBytes(house, id)) > 2 * 1024 * 1024, {
      timeoutMs: 20_000,
      what: 'some of it is committed',
    })
    await house.storage.kill()
    writing.process.kill('SIGKILL')
    await writing.outcome
    toStorage.resume()
    await house.storage.start()
    return Number((await statusOf(id))?.committedSize)
  }

  test('storage, in the middle of a file: it goes on from the committed size, and the digests match', async () => {
    const id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    const committed = await killInTheMiddle(id, capture.windowsFile)
    expect(committed).toBeGreaterThan(0)
    const again = await house.goldkeep.run('upload', 'write', id, windows, capture.windowsFile, '--json')
    expect(JSON.parse(again)).toMatchObject({ how: 'resumed' })
    await house.goldkeep.run('upload', 'seal', id)
    const stored = join(versionDirectory(house, image, id), windows)
    expect(await sha256OfFile(stored)).toBe(await sha256OfFile(capture.windowsFile))
  }, 90_000)

  test('storage, in the middle of a file that changes before it is sent again: it starts anew', async () => {
    const id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    const changed = await captureMachine(join(house.directory, 'changed'), 1024 * 1024)
    const file = join(house.directory, 'changing.wim')
    await copyFile(capture.windowsFile, file)
    await killInTheMiddle(id, file)
    await copyFile(changed.windowsFile, file)
    const again = await house.goldkeep.run('upload', 'write', id, windows, file, '--json')
    expect(JSON.parse(again)).toMatchObject({ how: 'sent' })
    await house.goldkeep.run('upload', 'seal', id)
    const stored = join(versionDirectory(house, image, id), windows)
    expect(await sha256OfFile(stored)).toBe(await sha256OfFile(changed.windowsFile))
  }, 90_000)

  test('the catalog, between a seal and its record: the version turns up', async () => {
    const id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    await house.goldkeep.run('upload', 'write', id, windows, capture.windowsFile)
    toCatalog.stall()
    const sealed = await house.goldkeep.run('upload', 'seal', id, '--json')
    expect(JSON.parse(sealed)).toMatchObject({ recorded: false })
    await house.catalog.kill()
    toCatalog.resume()
    await house.catalog.start()
    const lifecycle = async (): Promise<string> => {
      const { code, stdout } = await house.goldkeep.attempt('version', 'show', id, '--json')
      return code === 0 ? (JSON.parse(stdout) as { lifecycle: string }).lifecycle : ''
    }
    await waitUntil(async () => (await lifecycle()) === 'SEALED', {
      timeoutMs: 30_000,
      what: 'the version is recorded',
    })
  }, 90_000)

  test('storage, and bytes of its journals have changed when it is back: people are told, and a repair helps', async () => {
    const id = await begin(house, image, capture)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    await house.storage.kill()
    const journal = join(house.volume, 'staging', id, 'journal')
    const bytes = await readFile(journal)
    // In its second frame; a frame's length comes first, and 16 bytes before its body.
    const at = 16 + bytes.readUInt32LE(0) + 20
    await writeFile(journal, bytes.fill(0, at, at + 1))
    await house.storage.start()
    const told = `staging/${id}/journal is damaged`
    expect(await house.goldkeep.run('status')).toContain(told)
    expect(await house.goldkeep.run('doctor')).toContain(told)
    const refused = await house.goldkeep.attempt('upload', 'write', id, efi, capture.efiFile)
    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining(told) })

    await house.storage.stop()
    const program = fileURLToPath(new URL('../../services/storage/dist/bundle.js', import.meta.url))
    const repair = execFileSync(process.execPath, [program, 'repair', house.volume], { encoding: 'utf8' })
    expect(repair).toMatch(new RegExp(`staging/${id}/journal: goes on with \\d+ records`))
    await house.storage.start()
    expect(await house.goldkeep.run('status')).not.toContain(told)
    await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    expect(await statusOf(id, efi)).toMatchObject({ state: 'COMPLETE' })
  }, 90_000)

  test('a worker, while it validates: another completes the validation', async () => {
    const bin = join(house.directory, 'slow-bin')
    await mkdir(bin)
    const reached = join(house.directory, 'verify-began')
    await writeFile(
      join(bin, 'wimlib-imagex'),
      `#!/bin/sh\n[ "$1" = verify ] && touch '${reached}' && exec sleep 600\nPATH=${process.env.PATH} exec wimlib-imagex "$@"\n`,
    )
    await chmod(join(bin, 'wimlib-imagex'), 0o755)
    const doomed = house.addWorker({ PATH: `${bin}:${process.env.PATH}` })
    await doomed.start()
    const id = await uploadVersion(house, image, capture.folder)
    const began = async (): Promise<boolean> =>
      access(reached).then(
        () => true,
        () => false,
      )
    await waitUntil(began, { timeoutMs: 30_000, what: 'the first worker verifies' })
    const other = house.addWorker()
    await other.start()
    await doomed.kill()
    await house.goldkeep.run('version', 'wait', id, '--timeout', '60s')
    const shown = JSON.parse(await house.goldkeep.run('version', 'show', id, '--json')) as { verdict: string }
    expect(shown.verdict).toBe('VALID')
  }, 120_000)
})
