import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import { bytesOf } from './support/bytes.js'
import {
  imageId,
  imageUid,
  newVersion,
  part1,
  schema,
  startTestHouse,
  type TestHouse,
} from './support/test-house.js'
import { uploadWhole } from './support/write-stream.js'
import { basesToProto } from './support/bases.js'

const sealed = newVersion()
const ended = newVersion()
let house: TestHouse

beforeAll(async () => {
  house = await startTestHouse()
  await uploadWhole(await house.uploader(sealed), sealed, schema, { [part1]: bytesOf(50_000, 'sealed') })
  const worker = await house.worker()
  const outcome = catalog.Lifecycle.LIFECYCLE_ABORTED
  await worker.admin.endUpload({ versionId: ended, outcome, epoch: 1n, opSeq: 5n })
})
afterAll(() => house.close())

/** The call is refused for the reason, and the volume is as it was. */
async function refused(reason: string, call: () => Promise<unknown>): Promise<void> {
  const before = await house.tree()
  await expect(call()).rejects.toMatchObject({ reason })
  expect(await house.tree()).toEqual(before)
}

describe('a command of a worker', () => {
  test('that is older than the last is refused, and a repeat gets the recorded answer', async () => {
    const worker = await house.worker()
    const end = (opSeq: bigint, epoch = 1n, outcome = catalog.Lifecycle.LIFECYCLE_EXPIRED) =>
      worker.admin.endUpload({ versionId: ended, outcome, epoch, opSeq })
    await refused('STALE_COMMAND', () => end(4n))
    await refused('STALE_COMMAND', () => end(9n, 0n))
    expect(await end(5n)).toEqual({ outcome: catalog.Lifecycle.LIFECYCLE_ABORTED })
    await house.restart()
    const again = await house.worker()
    const command = { versionId: ended, outcome: 4, epoch: 1n, opSeq: 4n }
    await refused('STALE_COMMAND', () => again.admin.endUpload(command))
  })

  test('to publish must be newer than what is on the volume, and its document must agree', async () => {
    const worker = await house.worker()
    const publish = (generation: number, fields: object = {}) => {
      const document = { format: 1, house: house.catalog.house, image: imageId, uid: imageUid }
      const whole = { ...document, epoch: 1, generation, primary: sealed, ...fields }
      return worker.admin.publish({
        imageId,
        imageUid,
        epoch: 1n,
        generation: BigInt(generation),
        document: Buffer.from(JSON.stringify(whole)),
        ...basesToProto(Buffer.from(JSON.stringify(whole))),
        primaryVersionId: sealed,
      })
    }
    await publish(2)
    await refused('STALE_COMMAND', () => publish(1))
    await refused('INVALID_FIELD', () => publish(3, { primary: null }))
    await refused('INVALID_FIELD', () => publish(3, { format: 2 }))
    const before = await house.tree()
    expect(await publish(2)).toEqual({ generation: 2n })
    expect(await house.tree()).toEqual(before)
  })
})
