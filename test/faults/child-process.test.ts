import { afterAll, describe, expect, test } from '@jest/globals'
import { startProcess, waitUntil } from '@goldkeep/testing'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { producerSource, startChild, type Child } from '@goldkeep/client'

const directory = await mkdtemp(join(tmpdir(), 'goldkeep-child-'))
afterAll(() => rm(directory, { recursive: true, force: true }))

const shell = (script: string): [string, string, string] => ['sh', '-c', script]

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  return (await buffer(Readable.from(bytes))).toString()
}

const producer = (script: string, more = {}): Child =>
  startChild({ command: shell(script), stdin: 'ignore', stdout: 'pipe', ...more })

/** Waits until the program itself is gone, whoever holds its output. */
async function hasExited(child: Child): Promise<void> {
  const { child: process } = child as unknown as { child: { exitCode: number | null } }
  await waitUntil(() => process.exitCode !== null, { timeoutMs: 10_000, what: 'the program has ended' })
  // Node lets unread output run away in the turns after the exit.
  for (let turns = 0; turns < 10; turns += 1) await turn()
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the bytes of a producer', () => {
  test('that ends well are whole', async () => {
    expect(await readAll(producerSource(shell('printf abc; printf def')).bytes)).toBe('abcdef')
  })

  test.each([
    ['a few bytes', 'printf hello', 'hello'],
    ['nothing', 'true', ''],
    ['more than a pipe holds', 'head -c 60000 /dev/zero | tr "\\0" x', 'x'.repeat(60_000)],
  ])('that wrote %s and ended before anybody read are whole', async (_, script, expected) => {
    const child = producer(script)
    await hasExited(child)
    expect(await readAll(child.stdout)).toBe(expected)
    expect(await child.end).toEqual({ kind: 'code', code: 0 })
  })

  test('go on when a process that it left behind goes on writing, and a person hears for what we wait', async () => {
    let held = 0
    const gate = join(directory, 'gate')
    const child = producer('printf hello; (while [ ! -e "$0" ]; do sleep 0.02; done; printf more) & exit 0', {
      command: [...shell('printf hello; (while [ ! -e "$0" ]; do sleep 0.02; done; printf more) &'), gate],
      momentMs: 50,
      onHeld: () => {
        held += 1
        startChild({ command: ['touch', gate], stdin: 'ignore', stdout: 'ignore' })
      },
    })
    await hasExited(child)
    expect(await readAll(child.stdout)).toBe('hellomore')
    expect(await child.end).toEqual({ kind: 'code', code: 0 })
    expect(held).toBe(1)
  })

  test('end when only the standard error is held by a process that it left behind', async () => {
    const pidFile = join(directory, 'daemon')
    const child = producer('printf hello; sleep 600 >/dev/null & echo $! >"$0"', {
      command: [...shell('printf hello; sleep 600 >/dev/null & echo $! >"$0"'), pidFile],
      momentMs: 50,
    })
    expect(await readAll(child.stdout)).toBe('hello')
    expect(await child.end).toEqual({ kind: 'code', code: 0 })
    // It is not ours to end: the producer left it and ended well.
    const pid = Number(await readFile(pidFile, 'utf8'))
    expect(isAlive(pid)).toBe(true)
    process.kill(pid)
  })

  test('end where it closes its output, and its exit code is still waited for', async () => {
    const source = producerSource(shell('printf abc; exec >&-; sleep 0.1; exit 3'))
    await expect(readAll(source.bytes)).rejects.toMatchObject({ failure: 'exit code 3' })
  })

  test('are whole beside 100 MB on its standard error, of which the last lines are kept', async () => {
    let heard = 0
    const script = 'printf abc; head -c 100000000 /dev/zero >&2; echo >&2; echo end >&2; printf def; exit 1'
    const source = producerSource(shell(script), { onStderr: ({ length }) => (heard += length) })
    const failure = await readAll(source.bytes).catch((error: unknown) => error)
    expect(failure).toMatchObject({ failure: 'exit code 1' })
    expect((failure as { lastWords: string }).lastWords).toMatch(/end$/)
    expect((failure as { lastWords: string }).lastWords.length).toBeLessThanOrEqual(4096)
    expect(heard).toBe(100_000_005)
  })
})

describe('a producer that fails', () => {
  test('is reported with its exit code and its last words, after its bytes', async () => {
    const heard: string[] = []
    const source = producerSource(shell('printf abc; echo first >&2; echo "disk is locked" >&2; exit 3'), {
      onStderr: (text) => heard.push(Buffer.from(text).toString()),
    })
    const failure = await readAll(source.bytes).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      role: 'producer',
      command: 'sh',
      failure: 'exit code 3',
      lastWords: 'first\ndisk is locked',
    })
    expect(heard.join('')).toContain('disk is locked')
  })

  test('by a signal is reported with the signal', async () => {
    const source = producerSource(shell('printf abc; kill -KILL $$'))
    await expect(readAll(source.bytes)).rejects.toMatchObject({ failure: 'signal SIGKILL' })
  })

  test('is reported although a process that it left behind holds its output, and that one is ended', async () => {
    const source = producerSource(shell('sleep 600 & echo $! >&2; exit 3'), { momentMs: 50, graceMs: 2_000 })
    const failure = await readAll(source.bytes).catch((error: unknown) => error)
    expect(failure).toMatchObject({ failure: 'exit code 3' })
    const pid = Number((failure as { lastWords: string }).lastWords)
    await waitUntil(() => !isAlive(pid), { timeoutMs: 10_000, what: 'the process left behind is gone' })
  })

  test.each<[string, [string, ...string[]], RegExp]>([
    ['is not there', ['/no/such/program'], /there is no such program here/],
    ['may not be run', ['/etc/passwd'], /it may not be run/],
    ['is a folder', ['/tmp'], /it may not be run/],
    ['has arguments that are too long', ['echo', 'x'.repeat(5_000_000)], /E2BIG/],
    ['has no name', [''], /empty/],
    ['has an argument with a NUL', ['echo', 'a\0b'], /null bytes/],
  ])('because it %s could not be started', async (_, command, why) => {
    const failure = await readAll(producerSource(command).bytes).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'ProcessFailedError', failure: expect.stringMatching(why) })
    expect((failure as { failure: string }).failure).toMatch(/^could not be started: /)
  })
})

describe('stopping a producer', () => {
  test('ends what it has started itself, also what ignores SIGTERM and gave up its output', async () => {
    const child = producer('(trap "" TERM; exec >/dev/null 2>&1; sleep 600) & echo $!; sleep 600', {
      graceMs: 200,
    })
    await once(child.stdout, 'readable')
    const pid = Number(String(child.stdout.read()))
    await child.stop()
    await waitUntil(() => !isAlive(pid), { timeoutMs: 10_000, what: 'what it started is gone' })
    expect(await child.end).toEqual({ kind: 'signal', signal: 'SIGTERM' })
  })

  test('that has ended already ends what still writes for it, and is no good end', async () => {
    const child = producer('(echo begun; sleep 600) & exit 0')
    await hasExited(child)
    await child.stop()
    expect(await child.end).toEqual({ kind: 'signal', signal: 'SIGTERM' })
  })

  test('does not wait for a process that has left the group with the pipes in hand', async () => {
    const child = producer('setsid sleep 15 & trap "" TERM; echo begun; sleep 600', { graceMs: 100 })
    await once(child.stdout, 'readable')
    const begun = performance.now()
    await child.stop()
    expect(performance.now() - begun).toBeLessThan(10_000)
  }, 20_000)

  test('lets one that waits for a reader notice it', async () => {
    // The shell hears the signal only when its child has written everything.
    const writes = '(trap "" TERM; exec head -c 10000000 /dev/zero)'
    const child = producer(`trap "echo tidied >&2; exit 4" TERM; ${writes}; sleep 600`)
    await once(child.stdout, 'readable')
    await child.stop()
    expect(child.lastWords()).toBe('tidied')
    expect(await child.end).toEqual({ kind: 'code', code: 4 })
  })
})

test('a program and what it started end with the process that started them', async () => {
  const built = new URL('../../libs/client/dist/child-process.js', import.meta.url).href
  const script = `
    import { startChild } from '${built}'
    const command = ['sh', '-c', 'sleep 600 & echo $!; wait']
    const { stdout } = startChild({ command, stdin: 'ignore', stdout: 'pipe' })
    stdout.on('readable', () => {
      process.stdout.write(stdout.read())
      process.exit(130)
    })`
  const starter = startProcess(process.execPath, ['--input-type=module', '-e', script])
  expect(await starter.end).toMatchObject({ code: 130 })
  const pid = Number(starter.stdout())
  expect(pid).toBeGreaterThan(1)
  await waitUntil(() => !isAlive(pid), { timeoutMs: 10_000, what: 'what the program started is gone' })
})
