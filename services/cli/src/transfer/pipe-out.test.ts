import { afterAll, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { fileOutput, requireWritten } from '../output/standard-output.js'
import { pipeOut } from './pipe-out.js'

const directory = await mkdtemp(join(tmpdir(), 'goldkeep-pipe-out-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

async function* pieces(...all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield await Promise.resolve(piece)
}

/** A stream that takes so many pieces and then fails. */
function failing(after: number, code: string): Writable {
  let taken = 0
  const write: Writable['_write'] = (_data, _encoding, done) => {
    taken += 1
    done(taken > after ? Object.assign(new Error(`write ${code}`), { code }) : null)
  }
  return new Writable({ write }).on('error', () => {})
}

test('a file gets all bytes, in order', async () => {
  const content = randomBytes(3_000_000)
  const file = join(directory, 'out')
  const handle = await open(file, 'w')
  const out = fileOutput(handle.fd)
  await pipeOut(out, pieces(content.subarray(0, 1_000_000), content.subarray(1_000_000)))
  await requireWritten(out)
  await handle.close()
  expect((await readFile(file)).equals(content)).toBe(true)
})

test('a full device is exit code 8, at the first bytes that it refuses', async () => {
  const handle = await open('/dev/full', 'w')
  const out = fileOutput(handle.fd).on('error', () => {})
  const failure = { exit: 8, reason: 'NO_SPACE', message: 'standard output: no space left' }
  await expect(pipeOut(out, pieces(Buffer.from('abc')))).rejects.toMatchObject(failure)
  await expect(requireWritten(out)).rejects.toMatchObject(failure)
  await handle.close()
})

test('a reader that has ended is a failed consumer, and nothing more is read for it', async () => {
  let asked = 0
  const bytes = (async function* () {
    for (;;) {
      asked += 1
      yield await Promise.resolve(Buffer.alloc(1_000))
    }
  })()
  await expect(pipeOut(failing(2, 'EPIPE'), bytes)).rejects.toMatchObject({
    exit: 9,
    reason: 'CONSUMER_FAILED',
    message: expect.stringContaining('ended after it got 2 kB, before the end of the file'),
  })
  expect(asked).toBe(3)
})

test('bytes that fail are what is reported', async () => {
  const broken = (async function* () {
    yield await Promise.resolve(Buffer.from('abc'))
    throw new Error('digest differs')
  })()
  await expect(pipeOut(new PassThrough(), broken)).rejects.toThrow('digest differs')
})

test.each([
  ['EPIPE', undefined],
  ['ENOSPC', 8],
  ['EIO', 1],
])('output that ended with %s ends a command with %s', async (code, exit) => {
  const out = failing(0, code)
  out.write('a table')
  const outcome = await requireWritten(out).then(
    () => undefined,
    (error: unknown) => (error as { exit: number }).exit,
  )
  expect(outcome).toBe(exit)
})
