import { expect, test } from '@jest/globals'
import { buffer } from 'node:stream/consumers'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { ProcessFailedError, startChild } from './child-process.js'
import { feedConsumer } from './feed-consumer.js'
import { producerSource } from './producer-source.js'

const shell = (script: string): [string, string, string] => ['sh', '-c', script]

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  return (await buffer(Readable.from(bytes))).toString()
}

test('the bytes of a producer that ends well are whole', async () => {
  const source = producerSource(shell('printf abc; printf def'))
  expect(await readAll(source.bytes)).toBe('abcdef')
})

test('a producer that exits with a code is reported with its last words, after its bytes', async () => {
  const heard: string[] = []
  const source = producerSource(
    shell('printf abc; echo first >&2; echo "disk is locked" >&2; exit 3'),
    (text) => heard.push(Buffer.from(text).toString()),
  )
  const failure = await readAll(source.bytes).catch((error: unknown) => error)
  expect(failure).toMatchObject({
    role: 'producer',
    command: 'sh',
    failure: 'exit code 3',
    lastWords: 'first\ndisk is locked',
  })
  expect(heard.join('')).toContain('disk is locked')
})

test('a producer that is killed is reported with the signal', async () => {
  const source = producerSource(shell('printf abc; kill -KILL $$'))
  await expect(readAll(source.bytes)).rejects.toMatchObject({ failure: 'signal SIGKILL' })
})

test('a program that is not there is said to be not there', async () => {
  const source = producerSource(['/no/such/program'])
  await expect(readAll(source.bytes)).rejects.toThrow(/could not be started: .*ENOENT/)
})

test('stopping ends what the program itself has started', async () => {
  const child = startChild({ role: 'producer', command: shell('sleep 600 | cat'), graceMs: 100 })
  await child.stop()
  await expect(child.ended).rejects.toBeInstanceOf(ProcessFailedError)
})

test('stopping does not wait for what has left the group with the pipes in hand', async () => {
  const child = startChild({
    role: 'producer',
    command: shell('setsid sleep 15 & trap "" TERM; echo begun; sleep 600'),
    graceMs: 100,
  })
  await once(child.stdout, 'data')
  const begun = performance.now()
  await child.stop()
  expect(performance.now() - begun).toBeLessThan(10_000)
}, 20_000)

test('a consumer gets all bytes and its end', async () => {
  const words: Buffer[] = []
  const big = Readable.from([Buffer.alloc(300_000, 1), Buffer.alloc(300_000, 2)])
  await feedConsumer(shell('wc -c >&2'), big, (text) => words.push(Buffer.from(text)))
  expect(Buffer.concat(words).toString().trim()).toBe('600000')
})

test('a consumer that dies is reported, and not waited for', async () => {
  const endless = (async function* () {
    for (;;) yield await Promise.resolve(Buffer.alloc(65_536))
  })()
  const fed = feedConsumer(shell('head -c 100000 >/dev/null; echo "no space" >&2; exit 4'), endless)
  await expect(fed).rejects.toMatchObject({ role: 'consumer', failure: 'exit code 4', lastWords: 'no space' })
})

test('bytes that turn out wrong kill the consumer before it sees an end', async () => {
  const broken = (async function* () {
    yield await Promise.resolve(Buffer.from('abc'))
    throw new Error('digest differs')
  })()
  const said: string[] = []
  const fed = feedConsumer(shell('cat >/dev/null; echo took it for whole >&2'), broken, (text) =>
    said.push(Buffer.from(text).toString()),
  )
  await expect(fed).rejects.toThrow('digest differs')
  expect(said).toEqual([])
})

test('a consumer that has enough leaves the rest to be checked', async () => {
  let taken = 0
  const bytes = (async function* () {
    for (; taken < 100; taken += 1) yield await Promise.resolve(Buffer.alloc(65_536))
  })()
  await feedConsumer(shell('head -c 10 >/dev/null'), bytes)
  expect(taken).toBe(100)
})
