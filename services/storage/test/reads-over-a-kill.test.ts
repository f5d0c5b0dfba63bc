import { waitUntil } from '@goldkeep/testing'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { bytesOf } from './support/bytes.js'
import { makeRealStorage, type RealStorage } from './support/real-storage.js'
import { newVersion, part1, schema } from './support/test-house.js'
import { readWhole, uploadWhole } from './support/write-stream.js'

const deploymentId = 'dep-0123456789abcdef'
const size = 24 * 1024 * 1024
const bytes = bytesOf(size, 'read')
const versionId = newVersion()
let real: RealStorage

beforeEach(async () => {
  real = await makeRealStorage()
  await real.start()
  await uploadWhole(await real.uploader(versionId), versionId, schema, { [part1]: bytes })
})
afterEach(() => real.close())

/** Bytes of the file that the reports name, from its first one on without a gap. */
function countedFromStart(): number {
  const ranges = real.catalog.progress
    .flatMap(({ reads }) => reads)
    .flatMap(({ files }) => files)
    .flatMap((file) => file.ranges)
    .sort((a, b) => Number(a.start - b.start))
  return ranges.reduce(
    (end, range) => (Number(range.start) <= end ? Math.max(end, Number(range.end)) : end),
    0,
  )
}

/** Reads until so many bytes have come, then kills storage; gives back how many came in the end. */
async function readUntilKilled(from: number, until: number): Promise<number> {
  const reader = await real.reader(versionId, deploymentId)
  let received = from
  let killing: Promise<void> | undefined
  try {
    const order = { versionId, path: part1, offset: BigInt(from), held: BigInt(from) }
    for await (const { message } of reader.versions.read(order)) {
      if (message?.$case === 'chunk') received += message.value.data.length
      if (received >= until) killing ??= real.kill()
    }
  } catch {
    // What was under way still came.
  }
  await killing
  return received
}

test('a file counts as read whole only when it was, however often storage is killed in the middle', async () => {
  let received = 0
  for (const until of [2, 8, 14].map((mebibytes) => mebibytes * 1024 * 1024)) {
    received = await readUntilKilled(received, until)
    expect(received).toBeLessThan(size)
    expect(countedFromStart()).toBeLessThan(size)
    await real.start()
  }
  const reader = await real.reader(versionId, deploymentId)
  const rest = await readWhole(reader, { versionId, path: part1, offset: received, held: received })
  expect(rest.bytes.equals(bytes.subarray(received))).toBe(true)
  await waitUntil(() => countedFromStart() === size, { what: 'it counts as read whole' })
})
