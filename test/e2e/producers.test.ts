import { sha256OfFile, startHouse, triesAll, waitUntil, type House } from '@goldkeep/testing'
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
  uploadVersion,
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

  test.each([0.1, triesAll ? 200 : 40])(
    'a pipe of about %d MiB is stored exactly as it came',
    async (size) => {
      const machine = await makeMachine(join(house.directory, `of-${size}`), size * mebibyte, 1)
      const { id, came } = await pipeVersion(house, image, machine)
      expect((await stat(came[windows] ?? '')).size).toBeGreaterThan(size * mebibyte)
      await hasWhatCame(versionDirectory(house, image, id), came)
    },
    120_000,
  )

  describe('a command whose standard streams break', () => {
    let capture: Capture
    let id: string
    let deployment: string

    beforeAll(async () => {
      capture = await captureMachine(join(house.directory, 'broken'), 8 * mebibyte)
      id = await uploadVersion(house, image, capture.folder)
      await house.goldkeep.run('promote', id, '--force', '--reason', 'nothing here checks it')
      deployment = await house.goldkeep.run('deploy', 'start', image, '--machine', 'serial:PC-1')
    }, 60_000)

    test('uploads on when nobody reads its standard error any more, and its producer does not notice', async () => {
      const open = await begin(house, image, capture)
      const script = 'for n in 1 2 3; do cat "$0"; echo said >&2; done'
      const command = ['sh', '-c', script, capture.efiFile]
      const running = house.goldkeep.start('upload', 'write', open, efi, '--json', '--', ...command)
      running.process.stderr?.destroy()
      const { code, stdout } = await running.outcome
      expect(code).toBe(0)
      const size = 3 * (await stat(capture.efiFile)).size
      expect(JSON.parse(stdout)).toMatchObject({ sizeBytes: String(size) })
    }, 30_000)

    test.each([
      ['its reader ends early', 9, 'ended after it got', (out: string) => `| head -c 10 >'${out}'`],
      ['the device is full', 8, 'standard output: no space left', () => '>/dev/full'],
    ])(
      'that writes a file to standard output fails when %s',
      async (_, code, sentence, to) => {
        const out = join(house.directory, 'came')
        const failed = await house.goldkeep.shell(
          `goldkeep deploy fetch ${deployment} --file ${windows} --to - ${to(out)}; exit \${PIPESTATUS[0]}`,
        )
        expect(failed.code).toBe(code)
        expect(failed.stderr).toContain(sentence)
      },
      30_000,
    )

    test('that writes a file to a file or a pipe gives its very bytes', async () => {
      const out = join(house.directory, 'came-whole')
      const fetch = `goldkeep deploy fetch ${deployment} --file ${windows} --to -`
      const piped = await house.goldkeep.shell(`${fetch} >'${out}' && ${fetch} | cmp - '${out}'`)
      expect(piped).toMatchObject({ code: 0 })
      expect(await sha256OfFile(out)).toBe(await sha256OfFile(capture.windowsFile))
    }, 30_000)

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      'ends its producer, and what that started, on %s',
      async (signal) => {
        const open = await begin(house, image, capture)
        const script = 'sleep 600 & echo "pid=$!" >&2; echo bytes; wait'
        const running = house.goldkeep.start('upload', 'write', open, efi, '--', 'sh', '-c', script)
        let said = ''
        running.process.stderr?.on('data', (text: string) => (said += text))
        const pid = await waitUntil(() => Number(/pid=(\d+)/.exec(said)?.[1] ?? 0), {
          timeoutMs: 20_000,
          what: 'the producer has started',
        })
        running.process.kill(signal)
        const { code, stderr } = await running.outcome
        expect(code).toBe(130)
        expect(stderr).toContain(`upload ${open} stays open`)
        expect(() => process.kill(pid, 0)).toThrow('ESRCH')
      },
      30_000,
    )
  })

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
