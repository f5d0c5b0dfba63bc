import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { sha256FromProto, storage } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { nodeSyscalls } from '../../src/store/disk/syscalls.js'
import { bytesOf, sha256 } from '../support/bytes.js'
import { holdSyscalls } from '../support/held-syscalls.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from '../support/test-house.js'
import { readWhole, uploadWhole } from '../support/write-stream.js'
import { commandsTo, type Commands } from './worker.js'

const bytes = bytesOf(100_000, 'reads')
/** More than what fits into the windows of a connection, so that a reader can be in the middle. */
const manyBytes = bytesOf(24 * 1024 * 1024, 'reads')
const sys = holdSyscalls(nodeSyscalls)
let house: TestHouse
let worker: Commands
let versionId: VersionId

beforeAll(async () => {
  house = await startTestHouse({ syscalls: sys })
  worker = await commandsTo(house)
})
afterAll(() => house.close())
const upload = async (content: Buffer): Promise<void> => {
  versionId = newVersion()
  await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: content })
  // The look that follows a seal opens the manifest too, and holds up commands meanwhile.
  await waitUntil(() => house.catalog.lookedAt.some((look) => look.versionId === versionId), {
    what: 'the sealed version was looked at',
  })
}

/** Begins to read, and waits until the first bytes have come. */
async function beginRead(): Promise<() => Promise<string>> {
  const reader = await house.reader(versionId)
  const answers = reader.versions.read({ versionId, path: part1, offset: 0n, length: 0n })
  const iterator = answers[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  const take = async (): Promise<boolean> => {
    const answer: IteratorResult<storage.ReadResponse> = await iterator.next()
    if (answer.done) return false
    if (answer.value.message?.$case === 'chunk') pieces.push(answer.value.message.value.data)
    return true
  }
  while (pieces.length === 0) await take()
  return async () => {
    while (await take());
    return sha256(Buffer.concat(pieces))
  }
}

const read = async (): Promise<string> =>
  sha256((await readWhole(await house.reader(versionId), { versionId, path: part1 })).bytes)

describe('a read that has begun goes on to its end', () => {
  beforeEach(() => upload(manyBytes))
  const meanwhile: readonly [string, () => Promise<unknown>][] = [
    ['trashed', () => worker.trash(versionId, 1)],
    ['moved', () => worker.move(versionId, 1)],
    [
      'purged',
      async () => {
        await worker.trash(versionId, 1)
        await worker.purge(versionId, 2)
      },
    ],
  ]
  test.each(meanwhile)('when its version is %s', async (_how, change) => {
    const finish = await beginRead()
    await change()
    expect(await finish()).toBe(sha256(manyBytes))
  })
})

describe('a new read', () => {
  beforeEach(() => upload(bytes))

  test('of what is in the trash is answered, its manifest too', async () => {
    await worker.trash(versionId, 1)
    expect(await read()).toBe(sha256(bytes))
    const { manifest, manifestDigest } = await (
      await house.reader(versionId)
    ).versions.getManifest({ versionId })
    expect(sha256FromProto(manifestDigest)).toBe(sha256(manifest))
  })

  test('of what is purged, and of what is being purged, says that it is gone', async () => {
    await worker.trash(versionId, 1)
    const renaming = sys.hold('rename', /\.purging-/)
    const purged = worker.purge(versionId, 2)
    await renaming.reached
    await expect(read()).rejects.toMatchObject({ reason: 'VERSION_GONE' })
    renaming.release()
    await purged
    await expect(read()).rejects.toMatchObject({ reason: 'VERSION_GONE' })
  })

  test('that meets the rename of its version finds it where it is then', async () => {
    const opening = sys.hold('open', /version\.json$/)
    const reading = read()
    await opening.reached
    await worker.trash(versionId, 1)
    await worker.restore(versionId, 2)
    await worker.move(versionId, 3)
    opening.release()
    expect(await reading).toBe(sha256(bytes))
  })

  test('while its version goes to and fro is answered every time', async () => {
    let opSeq = 0
    const toAndFro = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        await worker.trash(versionId, ++opSeq)
        await worker.restore(versionId, ++opSeq)
      }
    }
    let over = false
    const moving = toAndFro().finally(() => (over = true))
    const reader = await house.reader(versionId)
    let reads = 0
    while (!over) {
      const { bytes: head } = await readWhole(reader, { versionId, path: part1, length: 1000 })
      expect(sha256(head)).toBe(sha256(bytes.subarray(0, 1000)))
      reads += 1
    }
    await moving
    expect(reads).toBeGreaterThan(0)
  })
})
