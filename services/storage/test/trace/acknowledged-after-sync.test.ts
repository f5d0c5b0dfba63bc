import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { storage } from '@goldkeep/contracts'
import { waitUntil } from '@goldkeep/testing'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf, sha256 } from '../support/bytes.js'
import { documentOf } from '../support/document-of.js'
import { makeRealStorage, type RealStorage } from '../support/real-storage.js'
import { imageId, imageUid, newVersion, part1, schema } from '../support/test-house.js'
import { chunkOf, finishOf, sealFileOf, startOf, WriteStream } from '../support/write-stream.js'
import { answersFrom, type SentAnswer } from './grpc-answers.js'
import { parseTrace, straceCommand, tracedNames, type TracedCall } from './parse-trace.js'
import { basesToProto } from '../support/bases.js'

const versionId = newVersion()
const bytes = bytesOf(600_000, 'trace')
const data = `staging/${versionId}/tree/${part1}`
const journal = `staging/${versionId}/journal`
const versions = `images/${imageId}/versions`
const commands = '.commands.journal'

let real: RealStorage
let calls: readonly TracedCall[]
let written: SentAnswer[]
/** The answers of the unary calls. */
let answers: Readonly<Record<'open' | 'seal' | 'publish' | 'trash' | 'restore', SentAnswer>>

beforeAll(async () => {
  real = await makeRealStorage()
  const output = join(real.directory, 'trace')
  await real.start({
    under: straceCommand(output, '-e', `trace=${tracedNames}`),
    env: { GOLDKEEP_SYNC_BYTES: '100000' },
  })
  await doEverything()
  await real.process.stop()
  const exited = new RegExp(`^${real.process.pid} +\\+\\+\\+ exited with 0`, 'm')
  const trace = await waitUntil(
    async () => {
      const text = await readFile(output, 'utf8')
      return exited.test(text) && text
    },
    { what: 'the trace is written' },
  )
  calls = parseTrace(trace, real.volume)
  const sent = answersFrom(calls, Number(real.address.split(':')[1]))
  const [open, ...rest] = sent
  const done = rest.findIndex((answer) => decoded(answer)?.$case === 'done')
  written = rest.slice(0, done + 1)
  const [seal, publish, , trash, restore] = rest.slice(done + 1)
  if (!open || !seal || !publish || !trash || !restore) throw new Error(`${sent.length} answers were traced`)
  answers = { open, seal, publish, trash, restore }
}, 120_000)
afterAll(() => real.close())

/** One call after the other, so that the answers come in their order. */
async function doEverything(): Promise<void> {
  const clients = await real.uploader(versionId)
  await clients.uploads.open({ versionId, schema })
  const stream = new WriteStream(clients, startOf(versionId, part1))
  await stream.until('ready')
  for (let at = 0; at < bytes.length; at += 100_000)
    stream.send(chunkOf(bytes.subarray(at, at + 100_000), at))
  await stream.untilCommitted(bytes.length)
  stream.send(finishOf(bytes.length, sha256(bytes)))
  await stream.until('done')
  stream.end()
  await clients.uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
  const { admin } = await real.worker()
  for (const [index, primary] of [versionId, undefined].entries()) {
    const generation = index + 1
    const document = documentOf(real.catalog.house, generation, primary)
    const order = { imageId, imageUid, epoch: 1n, generation: BigInt(generation), document }
    const bases = basesToProto(document)
    await admin.publish({ ...order, ...bases, ...(primary && { primaryVersionId: primary }) })
  }
  const command = { versionId, imageId, imageUid, epoch: 1n }
  await admin.trash({ ...command, opSeq: 1n, time: new Date() })
  await admin.restore({ ...command, opSeq: 2n })
}

function decoded({ bytes: message }: SentAnswer): storage.WriteResponse['message'] {
  try {
    return storage.WriteResponse.decode(message).message
  } catch {
    return undefined
  }
}

type Step = (call: TracedCall) => boolean

const fsync =
  (path: string): Step =>
  (call) =>
    call.name === 'fsync' && call.path === path
const fdatasync =
  (path: string): Step =>
  (call) =>
    call.name === 'fdatasync' && call.path === path
const write =
  (path: string, least = 0): Step =>
  ({ name, path: of, end = 0 }) =>
    name === 'pwrite64' && of === path && end >= least
const rename =
  (path: string): Step =>
  (call) =>
    call.name === 'rename' && call.path === path

/** Finds the steps one after the other, each begun when the one before had ended. @returns the last one's end */
function endOf(steps: readonly Step[], from = -1): number {
  return steps.reduce((line, step, index) => {
    const next = calls.find((call) => call.began > line && step(call))
    if (!next) throw new Error(`step ${index} was not made after line ${line}`)
    return next.ended
  }, from)
}

test('a size is acknowledged after its bytes and then the journal were written and synced', () => {
  const sizes = written.flatMap((answer) => {
    const message = decoded(answer)
    const isSize = message?.$case === 'committed' || message?.$case === 'done'
    return isSize ? [{ size: Number(message.value.size), line: answer.line }] : []
  })
  expect(sizes.length).toBeGreaterThan(1)
  for (const { size, line } of sizes)
    expect(endOf([write(data, size), fdatasync(data), write(journal), fdatasync(journal)])).toBeLessThan(line)
})

test('an attempt is Ready after the names above it were synced up to the root', () => {
  const ready = written.find((answer) => decoded(answer)?.$case === 'ready')
  const parents = [`staging/${versionId}/tree`, `staging/${versionId}/tree/hd0`]
  for (const parent of parents) expect(endOf([fsync(parent)])).toBeLessThan(ready?.line ?? 0)
  for (const parent of ['staging', `staging/${versionId}`])
    expect(endOf([fsync(parent)])).toBeLessThan(answers.open.line)
})

test('a seal is answered after the rename and both its directories were synced', () => {
  const tree = `staging/${versionId}/tree`
  const before = [write(journal), fdatasync(journal), fsync(`${tree}/.version.json.new`), fsync(tree)]
  const steps = [...before, rename(tree), fsync(versions), fsync(`staging/${versionId}`)]
  const done = written.at(-1)?.line ?? 0
  expect(endOf(steps, done)).toBeLessThan(answers.seal.line)
})

test('a publication is answered after image.json and then the link were synced', () => {
  const image = `images/${imageId}`
  const document = [fsync(`${image}/.image.json.new`), rename(`${image}/.image.json.new`), fsync(image)]
  const link = [rename(`primary/images/.${imageId}.new`), fsync('primary/images')]
  expect(endOf([...document, ...link], answers.seal.line)).toBeLessThan(answers.publish.line)
})

test.each([
  ['trash', 'publish', (): Step => rename(`${versions}/${versionId}`), 'trash', versions],
  [
    'restore',
    'trash',
    (): Step => (call) => call.name === 'rename' && call.to === `${versions}/${versionId}`,
    versions,
    'trash',
  ],
] as const)('a %s is answered after it was written down, done, synced and written down as done', (...row) => {
  const [command, previous, renamed, target, source] = row
  const written = [write(commands), fdatasync(commands)]
  const steps = [...written, renamed(), fsync(target), fsync(source), ...written]
  expect(endOf(steps, answers[previous].line)).toBeLessThan(answers[command].line)
})
