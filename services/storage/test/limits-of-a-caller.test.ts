import { openHalfCalls, waitUntil } from '@goldkeep/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Status } from 'nice-grpc'
import { readdir, readlink } from 'node:fs/promises'
import { bytesOf } from './support/bytes.js'
import { makeRealStorage, type RealStorage } from './support/real-storage.js'
import { newVersion, part1, schema } from './support/test-house.js'
import { readWhole, uploadWhole } from './support/write-stream.js'

let real: RealStorage
beforeAll(async () => {
  real = await makeRealStorage()
  await real.start()
})
afterAll(() => real.close())

const open = '/goldkeep.storage.v1.UploadData/Open'
const claimed = 4_000_000
const sent = 1_000
describe('requests of which the end never comes', () => {
  test('are waited for in a few calls of one ticket, and hold up no other upload', async () => {
    const [versionId, other] = [newVersion(), newVersion()]
    const half = await openHalfCalls(real.address)
    const ticket = await real.uploadTicket(versionId)
    const answered = new Set<number>()
    for (let call = 0; call < 400; call += 1)
      void half.begin(open, ticket, claimed, sent).answer.then(({ status }) => answered.add(status))
    // 16 are let in, 128 wait.
    await waitUntil(() => half.unanswered === 144, { what: 'all others are refused' })
    expect([...answered]).toEqual([Status.RESOURCE_EXHAUSTED])
    const clients = await real.uploader(other)
    expect(await clients.uploads.open({ versionId: other, schema })).toMatchObject({ versionId: other })
    half.close()
  })

  test('are not read at all without a ticket', async () => {
    const half = await openHalfCalls(real.address)
    const calls = Array.from({ length: 400 }, () => half.begin(open, 'nobody', claimed, sent))
    const answers = await Promise.all(calls.map(({ answer }) => answer))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([Status.UNAUTHENTICATED]))
    half.close()
  })
})

test('reads that nobody takes are open 32 at once, and hold up no other deployment', async () => {
  const versionId = newVersion()
  const bytes = bytesOf(8 * 1024 * 1024, 'read')
  await uploadWhole(await real.uploader(versionId), versionId, schema, { [part1]: bytes })
  const reader = await real.reader(versionId)
  const greedy = Array.from({ length: 100 }, () => {
    const answers = reader.versions.read({ versionId, path: part1 })[Symbol.asyncIterator]()
    return { answers, first: answers.next() }
  })
  await Promise.all(greedy.slice(0, 32).map(({ first }) => first))
  expect(await openFilesOf(real.process.pid, part1)).toBe(32)
  const other = await real.reader(versionId, 'dep-0123456789abcdef')
  expect((await readWhole(other, { versionId, path: part1 })).bytes.equals(bytes)).toBe(true)
  for (const { answers, first } of greedy) {
    await first
    await answers.return?.()
  }
})

async function openFilesOf(process: number, path: string): Promise<number> {
  const directory = `/proc/${process}/fd`
  const targets = (await readdir(directory)).map((fd) => readlink(`${directory}/${fd}`).catch(() => ''))
  return (await Promise.all(targets)).filter((target) => target.endsWith(`/${path}`)).length
}
