import { afterAll, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { feedConsumer } from '@goldkeep/client'

const directory = await mkdtemp(join(tmpdir(), 'goldkeep-consumer-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

const shell = (script: string, ...more: string[]): [string, ...string[]] => ['sh', '-c', script, ...more]

/** @param onTaken told how many pieces were asked for */
async function* pieces(count: number, onTaken?: (taken: number) => void): AsyncGenerator<Uint8Array> {
  for (let taken = 0; taken < count; taken += 1) {
    onTaken?.(taken + 1)
    // As bytes from a network do, each leaves room for other events.
    await turn()
    yield Buffer.alloc(65_536, 1)
  }
}

/** Comes only when the signal aborts, as from a storage that is away. */
async function* silence(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield await new Promise<Uint8Array>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  )
}

test('a consumer gets all bytes and its end', async () => {
  const words: Buffer[] = []
  const big = Readable.from([Buffer.alloc(300_000, 1), Buffer.alloc(300_000, 2)])
  const taken = await feedConsumer(shell('wc -c >&2'), big, {
    onStderr: (text) => words.push(Buffer.from(text)),
  })
  expect(Buffer.concat(words).toString().trim()).toBe('600000')
  expect(taken).toBe('all')
})

test('a process that the consumer left reading gets all bytes as well, and a person hears of it', async () => {
  const file = join(directory, 'came')
  let held = 0
  const slow = (async function* () {
    yield await Promise.resolve(Buffer.alloc(65_536))
    await waitUntil(() => held > 0, { timeoutMs: 10_000, what: 'a person heard' })
    yield* pieces(20)
  })()
  const taken = await feedConsumer(shell('exec 3<&0; cat <&3 >"$0" 2>/dev/null & exit 0', file), slow, {
    momentMs: 50,
    onHeld: () => (held += 1),
  })
  expect(taken).toBe('all')
  const size = async (): Promise<number> => (await readFile(file)).length
  await waitUntil(async () => (await size()) === 21 * 65_536, { timeoutMs: 10_000, what: 'all bytes came' })
  expect(held).toBe(1)
})

test('a consumer that dies is reported, and not waited for', async () => {
  const fed = feedConsumer(shell('head -c 100000 >/dev/null; echo "no space" >&2; exit 4'), pieces(Infinity))
  await expect(fed).rejects.toMatchObject({ role: 'consumer', failure: 'exit code 4', lastWords: 'no space' })
})

test('a consumer that dies while no byte comes is reported at once', async () => {
  const { signal } = new AbortController()
  const fed = feedConsumer(shell('exit 4'), silence(signal))
  await expect(fed).rejects.toMatchObject({ role: 'consumer', failure: 'exit code 4' })
})

test('a consumer that fails after it got everything is reported', async () => {
  const fed = feedConsumer(shell('cat >/dev/null; exit 5'), pieces(1))
  await expect(fed).rejects.toMatchObject({ failure: 'exit code 5' })
})

test.each([
  ['is not there', ['/no/such/program']],
  ['has arguments that are too long', ['cat', 'x'.repeat(5_000_000)]],
] as const)('a consumer that %s could not be started', async (_, command) => {
  const fed = feedConsumer([...command], pieces(Infinity))
  await expect(fed).rejects.toMatchObject({ failure: expect.stringMatching(/^could not be started: /) })
})

test('bytes that turn out wrong kill the consumer before it sees an end', async () => {
  const broken = (async function* () {
    yield await Promise.resolve(Buffer.from('abc'))
    throw new Error('digest differs')
  })()
  const said: string[] = []
  const fed = feedConsumer(shell('cat >/dev/null; echo took it for whole >&2'), broken, {
    onStderr: (text) => said.push(Buffer.from(text).toString()),
  })
  await expect(fed).rejects.toThrow('digest differs')
  expect(said).toEqual([])
})

test.each([
  ['ends well early', 'head -c 10 >/dev/null'],
  ['never reads', 'true'],
  ['closes its input and works on', 'exec <&-; sleep 0.1; exit 0'],
])('a consumer that %s leaves the rest to be checked', async (_, script) => {
  let asked = 0
  expect(
    await feedConsumer(
      shell(script),
      pieces(100, (taken) => (asked = taken)),
    ),
  ).toBe('some')
  expect(asked).toBe(100)
})

test('wrong bytes after a consumer that ended well early are reported', async () => {
  const broken = (async function* () {
    yield* pieces(10)
    throw new Error('digest differs')
  })()
  await expect(feedConsumer(shell('head -c 10 >/dev/null'), broken)).rejects.toThrow('digest differs')
})

test.each([
  ['while bytes come', 'echo begun >&2; cat >/dev/null', () => pieces(Infinity)],
  ['while no byte comes', 'echo begun >&2; cat >/dev/null', silence],
  ['when it works on after the last byte', 'cat >/dev/null; echo begun >&2; sleep 600', () => pieces(1)],
] as const)('Ctrl-C ends a consumer %s, and is what is reported', async (_, script, bytes) => {
  const stopping = new AbortController()
  const fed = feedConsumer(shell(script), bytes(stopping.signal), {
    signal: stopping.signal,
    onStderr: () => stopping.abort(new Error('interrupted')),
  })
  await expect(fed).rejects.toThrow('interrupted')
})
