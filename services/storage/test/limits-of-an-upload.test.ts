import { newDeploymentId, parseFilePath } from '@goldkeep/domain'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ReadMeter } from '../src/operations/read-meter.js'
import { UploadDesk, type ActiveWriter } from '../src/operations/upload-desk.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { readWhole, startOf, WriteStream } from './support/write-stream.js'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.close())

const writer = (writerId: string): ActiveWriter => ({
  writerId,
  attemptId: undefined,
  lastActive: Date.now(),
  interrupt: () => {},
})
const path = (index: number) => parseFilePath(`hd0/part${index}.winpe.wim`)

describe('the holder of one ticket', () => {
  test('cannot make storage keep a long writer id', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const stream = new WriteStream(clients, startOf(versionId, part1, { writerId: 'w'.repeat(101) }))
    expect(await stream.refusal()).toMatchObject({
      reason: 'INVALID_FIELD',
      metadata: { field: 'start.writer_id', found: '101' },
    })
  })

  test('cannot have more than 128 streams open in one upload', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const streams = Array.from(
      { length: 128 },
      (_, index) => new WriteStream(clients, startOf(versionId, path(index))),
    )
    for (const stream of streams) await stream.until('ready')
    const one = new WriteStream(clients, startOf(versionId, path(128)))
    expect(await one.refusal()).toMatchObject({ reason: 'LIMIT_EXCEEDED' })
    for (const stream of streams) stream.end()
    for (const stream of streams) expect(await stream.refusal()).toBeUndefined()
  })

  test('cannot have more than 128 reads open in one deployment', () => {
    const meter = new ReadMeter()
    const [deploymentId, other] = [newDeploymentId(), newDeploymentId()]
    const readings = Array.from({ length: 128 }, () => meter.begin(deploymentId, path(1)))
    expect(() => meter.begin(deploymentId, path(2))).toThrow(
      `deployment ${deploymentId}: expected at most 128 open reads, found more`,
    )
    expect(() => meter.begin(other, path(1))).not.toThrow()
    readings[0]?.end()
    expect(() => meter.begin(deploymentId, path(2))).not.toThrow()
  })

  test('has no read counted as open that was refused', async () => {
    const versionId = newVersion()
    const reader = await house.reader(versionId, newDeploymentId())
    for (let read = 0; read < 130; read += 1)
      await expect(readWhole(reader, { versionId, path: part1 })).rejects.toMatchObject({
        reason: 'VERSION_NOT_FOUND',
      })
  })

  test('cannot let more than eight requests about one upload wait', async () => {
    const desk = new UploadDesk(30_000)
    const versionId = newVersion()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const running = Array.from({ length: 8 }, () => desk.exclusively(versionId, () => held))
    await expect(desk.exclusively(versionId, async () => {})).rejects.toMatchObject({
      reason: 'LIMIT_EXCEEDED',
    })
    release()
    await Promise.all(running)
    await desk.exclusively(versionId, async () => {})
  })

  test('cannot have more than the last 256 cut writers remembered', async () => {
    const desk = new UploadDesk(30_000)
    const versionId = newVersion()
    for (let index = 0; index < 300; index += 1) {
      const leave = await desk.enter(versionId, path(index), writer('cut'), false)
      leave('cut')
    }
    await desk.enter(versionId, path(0), writer('other'), false)
    await expect(desk.enter(versionId, path(299), writer('other'), false)).rejects.toMatchObject({
      reason: 'FILE_BUSY',
    })
  })
})
