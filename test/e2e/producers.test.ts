import { sha256OfFile, startHouse, type House } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  begin,
  captureMachine,
  efi,
  hasWhatCame,
  makeMachine,
  pipeVersion,
  sumsMatch,
  versionDirectory,
  windows,
  type Capture,
} from './support/scenario.js'

const mebibyte = 1024 * 1024

interface FileStatus {
  readonly path: string
  readonly state: string
  readonly failure?: string
  readonly committedSize: string
}

describe('captures that are streamed', () => {
  let house: House
  const image = 'win11-lab'

  beforeAll(async () => {
    house = await startHouse({ queue: 'postgres' })
    await house.goldkeep.run('image', 'create', image)
  }, 60_000)
  afterAll(() => house.stop(), 30_000)

  const filesOf = async (id: string): Promise<FileStatus[]> =>
    (JSON.parse(await house.goldkeep.run('upload', 'status', id, '--json')) as { files: FileStatus[] }).files

  test.each([0.1, 200])(
    'a pipe of about %d MiB is stored exactly as it came',
    async (size) => {
      const machine = await makeMachine(join(house.directory, `of-${size}`), size * mebibyte, 1)
      const { id, came } = await pipeVersion(house, image, machine)
      expect((await stat(came[windows] ?? '')).size).toBeGreaterThan(size * mebibyte)
      await hasWhatCame(versionDirectory(house, image, id), came)
    },
    120_000,
  )

  describe('a producer that is killed at 60 %', () => {
    let capture: Capture
    let id: string
    const kept = (): string => join(house.directory, 'second-run.wim')

    beforeAll(async () => {
      capture = await captureMachine(join(house.directory, 'killed'), 32 * mebibyte)
      id = await begin(house, image, capture)
      await house.goldkeep.run('upload', 'write', id, efi, capture.efiFile)
    }, 60_000)

    test('ends the command with 9, and the status says so with its last words', async () => {
      const bytes = Math.floor((await stat(capture.windowsFile)).size * 0.6)
      const script = `wimlib-imagex capture "$0" - --compress=fast 2>/dev/null | head -c ${bytes}; echo "error 5: the disk is gone" >&2; kill -KILL $$`
      const outcome = await house.goldkeep.attempt(
        'upload',
        'write',
        id,
        windows,
        '--',
        'sh',
        '-c',
        script,
        capture.windowsTree,
      )
      expect(outcome.code).toBe(9)
      expect(outcome.stderr).toContain('SIGKILL')
      const file = (await filesOf(id)).find(({ path }) => path === windows)
      expect(file).toMatchObject({ state: 'FAILED', failure: expect.stringContaining('the disk is gone') })
      expect(file?.failure).toContain('SIGKILL')
      const shown = await house.goldkeep.run('upload', 'status', id)
      expect(shown).toContain('the disk is gone')
    }, 60_000)

    test('cannot be sealed over', async () => {
      const sealed = await house.goldkeep.attempt('upload', 'seal', id)
      expect(sealed.code).toBe(5)
      expect(sealed.stderr).toContain(windows)
    }, 30_000)

    test('runs again into the same upload: that file starts anew, the others stay, the bytes are the second run’s', async () => {
      const before = (await filesOf(id)).find(({ path }) => path === efi)
      const script = 'wimlib-imagex capture "$0" - --compress=fast | tee "$1"'
      await house.goldkeep.run(
        'upload',
        'write',
        id,
        windows,
        '--',
        'sh',
        '-c',
        script,
        capture.windowsTree,
        kept(),
      )
      expect((await filesOf(id)).find(({ path }) => path === efi)).toEqual(before)
      await house.goldkeep.run('upload', 'seal', id)
      const directory = versionDirectory(house, image, id)
      expect(await sha256OfFile(join(directory, windows))).toBe(await sha256OfFile(kept()))
      await sumsMatch(directory)
    }, 60_000)
  })
})
