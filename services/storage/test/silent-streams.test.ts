import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { bytesOf } from './support/bytes.js'
import type { StorageClients } from './support/clients.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { chunkOf, startOf, WriteStream } from './support/write-stream.js'

let house: TestHouse
let clients: StorageClients
let versionId: VersionId
const bytes = bytesOf(300_000, 'silent')

beforeAll(async () => {
  house = await startTestHouse({ env: { GOLDKEEP_STREAM_IDLE: '300ms' } })
})
afterAll(() => house.close())
beforeEach(async () => {
  versionId = newVersion()
  clients = await house.uploader(versionId)
  await clients.uploads.open({ versionId, schema })
})

describe('a stream whose client says nothing', () => {
  test('is ended in time, keeps what came, and can be gone on with', async () => {
    const stream = new WriteStream(clients, startOf(versionId, part1))
    const { attemptId } = await stream.until('ready')
    stream.send(chunkOf(bytes, 0))
    expect(await stream.refusal()).toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringMatching(/no message came for .*go on with the attempt/) as unknown,
    })
    const resume = { attemptId, offset: bytes.length }
    const again = new WriteStream(clients, startOf(versionId, part1, { resume, writerId: 'writer-1' }))
    expect((await again.until('ready')).committedSize).toBe(BigInt(bytes.length))
    again.end()
    expect(await again.refusal()).toBeUndefined()
  })

  test('holds no upload open: it can expire afterwards', async () => {
    const stream = new WriteStream(clients, startOf(versionId, part1))
    await stream.until('ready')
    const { admin } = await house.worker()
    const end = { versionId, outcome: catalog.Lifecycle.LIFECYCLE_EXPIRED, epoch: 1n, opSeq: 1n }
    await expect(admin.endUpload(end)).rejects.toMatchObject({ reason: 'UPLOAD_BUSY' })
    await stream.refusal()
    expect(await admin.endUpload(end)).toEqual({ outcome: catalog.Lifecycle.LIFECYCLE_EXPIRED })
  })

  test('and that never said what it writes is ended as well', async () => {
    const silence = new WriteStream(clients, undefined)
    expect(await silence.refusal()).toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringContaining('no Start came') as unknown,
    })
  })
})

test('empty messages keep a slow capture alive for as long as it takes', async () => {
  const stream = new WriteStream(clients, startOf(versionId, part1))
  await stream.until('ready')
  const ended = stream.refusal().then(() => 'ended')
  const alive = setInterval(() => stream.send(chunkOf(new Uint8Array(), 0)), 50)
  const patience = new Promise((resolve) => setTimeout(() => resolve('alive'), 1_000))
  expect(await Promise.race([ended, patience])).toBe('alive')
  clearInterval(alive)
  expect(await ended).toBe('ended')
})
