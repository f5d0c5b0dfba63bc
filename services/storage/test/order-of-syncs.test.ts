import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { bytesOf, sha256 } from './support/bytes.js'
import { imageId, newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { watchSyscalls, type Call } from './support/watched-syscalls.js'
import { commandsTo } from './commands/worker.js'
import { chunkOf, finishOf, sealFileOf, startOf, WriteStream, writeWhole } from './support/write-stream.js'

const sys = watchSyscalls()
const versionId = newVersion()
const data = `staging/${versionId}/tree/${part1}`
const journal = `staging/${versionId}/journal`
const bytes = bytesOf(3_000_000, 'order')
let house: TestHouse

beforeAll(async () => {
  house = await startTestHouse({ syscalls: sys, env: { GOLDKEEP_SYNC_BYTES: '500000' } })
})
afterAll(() => house.close())

/** The first index from `from` on of a call on a path; fails when there is none. */
function after(from: number, name: Call['name'], path: string): number {
  const index = sys.calls.findIndex((call, at) => at >= from && call.name === name && call.path === path)
  if (index < 0) throw new Error(`no ${name} of ${path} after call ${from}`)
  return index + 1
}

/** The index after the write by which so many bytes of the file were written. */
function writtenAt(size: number): number {
  let sum = 0
  const index = sys.calls.findIndex(
    ({ name, path, size: written = 0 }) => name === 'write' && path === data && (sum += written) >= size,
  )
  if (index < 0) throw new Error(`${size} bytes were not written`)
  return index + 1
}

/** Fails unless data, its sync, the journal and its sync have come in this order by now. */
function expectDurable(size: number): void {
  const synced = after(writtenAt(size), 'fdatasync', data)
  after(after(synced, 'write', journal), 'fdatasync', journal)
}

test('nothing is acknowledged before the data and the journal are synced, in this order', async () => {
  const clients = await house.uploader(versionId)
  const begun = sys.calls.length
  await clients.uploads.open({ versionId, schema })
  const stream = new WriteStream(clients, startOf(versionId, part1))
  await stream.until('ready')
  // Before the first byte the file's name is durable, up to the volume's root.
  for (const directory of ['', 'staging', `staging/${versionId}`, `staging/${versionId}/tree`, `${data}/..`])
    after(begun, 'fsync', directory.replace(/\/[^/]+\/\.\.$/, ''))
  for (let at = 0; at < bytes.length; at += 100_000)
    stream.send(chunkOf(bytes.subarray(at, at + 100_000), at))
  stream.send(finishOf(bytes.length, sha256(bytes)))
  let acknowledged = 0
  for (let answer = await stream.next(); answer; answer = await stream.next()) {
    if (answer.$case !== 'committed' && answer.$case !== 'done') continue
    acknowledged += 1
    expectDurable(Number(answer.value.size))
    if (answer.$case === 'done') break
  }
  expect(acknowledged).toBeGreaterThan(1)
  stream.end()
})

test('a seal is answered after manifest, sums, directories and the rename are synced, in this order', async () => {
  const clients = await house.uploader(versionId)
  const begun = sys.calls.length
  await clients.uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
  const tree = `staging/${versionId}/tree`
  const target = `images/${imageId}/versions/${versionId}`
  const sealing = after(after(begun, 'write', journal), 'fdatasync', journal)
  const manifest = after(
    after(sealing, 'fsync', `${tree}/.version.json.new`),
    'rename',
    `${tree}/.version.json.new`,
  )
  const sums = after(after(manifest, 'fsync', `${tree}/.SHA256SUMS.new`), 'rename', `${tree}/.SHA256SUMS.new`)
  const directories = Math.max(after(sums, 'fsync', `${tree}/hd0`), after(sums, 'fsync', tree))
  const renamed = after(directories, 'rename', tree)
  expect(sys.calls[renamed - 1]).toMatchObject({ to: target })
  after(renamed, 'fsync', `images/${imageId}/versions`)
  after(renamed, 'fsync', `staging/${versionId}`)
})

test('a seal reads no more of the files than their heads', () => {
  const reads = sys.calls.filter(({ name, path }) => name === 'read' && path === data)
  expect(reads.length).toBeLessThan(20)
})

test('a publication is answered after its records, image.json and the link are synced, in this order', async () => {
  const { publish } = await commandsTo(house)
  const begun = sys.calls.length
  await publish(1, versionId)
  const image = `images/${imageId}`
  const written = after(
    after(begun, 'fsync', `${image}/.image.json.new`),
    'rename',
    `${image}/.image.json.new`,
  )
  const named = after(written, 'fsync', image)
  after(after(named, 'rename', `primary/images/.${imageId}.new`), 'fsync', 'primary/images')
})

test('nothing of an ended upload is removed before it is out of the way for good', async () => {
  const ended = newVersion()
  const clients = await house.uploader(ended)
  await clients.uploads.open({ versionId: ended, schema })
  await writeWhole(clients, ended, part1, bytes.subarray(0, 1_000))
  const { end } = await commandsTo(house)
  const begun = sys.calls.length
  await end(ended, 1)
  const away = after(after(begun, 'rename', `staging/${ended}`), 'fsync', 'staging')
  const removed = after(begun, 'unlink', `staging/.ended-${ended}/tree/${part1}`)
  expect(removed).toBeGreaterThan(away)
})
