import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { bytesOf, sha256 } from '../support/bytes.js'
import { makeRealStorage, type RealStorage } from '../support/real-storage.js'
import { newVersion, part1, schema } from '../support/test-house.js'
import {
  chunkOf,
  finishOf,
  readWhole,
  sealFileOf,
  startOf,
  uploadWhole,
  WriteStream,
  writeWhole,
} from '../support/write-stream.js'

const mebibyte = 1024 * 1024
/** With the reserve, by which an upload can be ended although there is no room, kept twice. */
const volumeMiB = 12

/** A mount of its own, which needs no rights but those over oneself. */
const onSmallVolume = [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-c'],
  `mount -t tmpfs -o size=${volumeMiB}m tmpfs "$GOLDKEEP_VOLUME" && exec "$@"`,
  'sh',
]

let real: RealStorage
beforeEach(async () => {
  real = await makeRealStorage()
  await real.start({ under: onSmallVolume, env: { GOLDKEEP_RESERVE: String(mebibyte) } })
})
afterEach(() => real.close())

/** Sends the bytes from an offset on, chunk by chunk, to the end or to the refusal. */
async function send(stream: WriteStream, bytes: Buffer, from: number): Promise<unknown> {
  await stream.until('ready')
  for (let at = from; at < bytes.length; at += 256 * 1024)
    stream.send(chunkOf(bytes.subarray(at, at + 256 * 1024), at))
  stream.send(finishOf(bytes.length, sha256(bytes)))
  return stream.until('done').catch((error: unknown) => error)
}

test('a volume that is really full loses nothing, and the upload goes on when there is room', async () => {
  const [good, other, late] = [newVersion(), newVersion(), newVersion()]
  const bytes = bytesOf(mebibyte, 'good')
  await uploadWhole(await real.uploader(good), good, schema, { [part1]: bytes })

  const otherClients = await real.uploader(other)
  await otherClients.uploads.open({ versionId: other, schema })
  await writeWhole(otherClients, other, part1, bytesOf(4 * mebibyte, 'other'))

  const clients = await real.uploader(late)
  await clients.uploads.open({ versionId: late, schema })
  const large = bytesOf(6 * mebibyte, 'late')
  expect(await send(new WriteStream(clients, startOf(late, part1)), large, 0)).toMatchObject({
    reason: 'NO_SPACE',
  })
  const { files } = await clients.uploads.getStatus({ versionId: late })
  const { attemptId = '', committedSize = 0n } = files[0] ?? {}
  expect(Number(committedSize)).toBeLessThan(large.length)

  const whole = await readWhole(await real.reader(good), { versionId: good, path: part1 })
  expect(sha256(whole.bytes)).toBe(sha256(bytes))

  await (
    await real.worker()
  ).admin.endUpload({
    versionId: other,
    outcome: catalog.Lifecycle.LIFECYCLE_ABORTED,
    epoch: 1n,
    opSeq: 1n,
  })
  const resume = { attemptId, offset: Number(committedSize) }
  const again = new WriteStream(clients, startOf(late, part1, { resume }))
  expect(await send(again, large, resume.offset)).toMatchObject({ size: BigInt(large.length) })
  const sealed = await clients.uploads.seal({ versionId: late, files: [sealFileOf(part1, large)] })
  expect(sealed.recorded).toBe(true)
  const stored = await readWhole(await real.reader(late), { versionId: late, path: part1 })
  expect(sha256(stored.bytes)).toBe(sha256(large))
}, 120_000)
