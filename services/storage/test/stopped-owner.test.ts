import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { storage } from '@goldkeep/contracts'
import { parseVolumeId } from '@goldkeep/domain'
import { clientsWithBearer, createLogger, openChannel } from '@goldkeep/service'
import { temporaryDirectory, waitUntil } from '@goldkeep/testing'
import { writeFile } from 'node:fs/promises'
import { loadStorageConfig, startStorage, type RunningStorage } from '../src/index.js'
import type { VolumeOptions } from '../src/store/disk/open-volume.js'
import { bytesOf } from './support/bytes.js'
import { connectAs, type StorageClients } from './support/clients.js'
import { startFakeCatalog, type FakeCatalog } from './support/fake-catalog.js'
import { grantOf, newVersion, part1, schema, storageEnv } from './support/test-house.js'
import { chunkOf, startOf, WriteStream } from './support/write-stream.js'

/** Set forward, it is the clock of a process that was stopped for so long. */
let gapMs: number
const clock = { read: () => [performance.now() + gapMs] }
let logged: string
const log = createLogger('storage', 'warn', {
  write: (line) => {
    logged += line
  },
})
let played: FakeCatalog
let volume: string
let running: RunningStorage
let uploader: StorageClients
let remove: () => Promise<void>
const versionId = newVersion()

beforeEach(async () => {
  gapMs = 0
  logged = ''
  played = await startFakeCatalog()
  const directory = await temporaryDirectory('stopped')
  volume = directory.path
  remove = directory.remove
  const config = {
    ...loadStorageConfig(storageEnv(played, volume)),
    // So rare a heartbeat never comes in time to find out.
    lease: { heartbeatMs: 600_000, lostAfterMs: 1_200_000, takeoverAfterMs: 2_400_000 },
    owner: { clock },
  } satisfies VolumeOptions
  running = await startStorage(config, log, new AbortController().signal)
  const volumeId = parseVolumeId(running.volumeId)
  const claims = { volumeId, versionId, operation: 'upload', upload: grantOf() } as const
  const token = await played.sign(claims)
  uploader = connectAs(`127.0.0.1:${String(running.port)}`, () => token)
  await uploader.uploads.open({ versionId, schema })
})
afterEach(async () => {
  uploader.close()
  await running.stop()
  await played.stop()
  await remove()
})

const beTakenOver = (): Promise<void> =>
  writeFile(
    `${volume}/.lease-2`,
    JSON.stringify({ epoch: 2, nonce: 'n', bootId: 'b', host: 'elsewhere', pid: 7 }),
  )

const lost = { reason: 'SHUTTING_DOWN' }

describe('an owner that was stopped while another took its volume over', () => {
  const services = [storage.UploadDataDefinition, storage.VersionAdminDefinition, storage.VolumeDefinition]
  const calls = services.flatMap((service) =>
    Object.entries<{ readonly requestStream: boolean }>(service.methods)
      .filter(([, method]) => !method.requestStream)
      .map(([name]) => [`${service.name}.${name}`, service, name] as const),
  )

  test.each(calls)('answers nothing to %s', async (_, service, name) => {
    await beTakenOver()
    gapMs = 3_600_000
    const channel = openChannel(`127.0.0.1:${String(running.port)}`)
    const client = clientsWithBearer(() => 'anybody').create(service, channel)
    const call = client[name as keyof typeof client] as (request: object) => Promise<unknown>
    await expect(call({})).rejects.toMatchObject(lost)
    channel.close()
  })

  test('does not tell how far an upload has come, though it knows', async () => {
    await uploader.uploads.getStatus({ versionId })
    await beTakenOver()
    gapMs = 3_600_000
    await expect(uploader.uploads.getStatus({ versionId })).rejects.toMatchObject(lost)
  })

  test('acknowledges none of the bytes that it receives', async () => {
    const stream = new WriteStream(uploader, startOf(versionId, part1))
    await stream.until('ready')
    await beTakenOver()
    gapMs = 3_600_000
    stream.send(chunkOf(bytesOf(100_000, 'late'), 0))
    await expect(stream.until('committed')).rejects.toMatchObject(lost)
  })

  test('acknowledges none of them either where no clock shows the gap', async () => {
    const stream = new WriteStream(uploader, startOf(versionId, part1))
    await stream.until('ready')
    await beTakenOver()
    stream.send(chunkOf(bytesOf(100_000, 'late'), 0))
    await expect(stream.until('committed')).rejects.toMatchObject(lost)
  })

  test('tells the catalog nothing more, though it goes on trying', async () => {
    await waitUntil(() => played.progress.length > 0, { what: 'it reports' })
    await beTakenOver()
    gapMs = 3_600_000
    for (const doing of ['reporting progress', 'refreshing trust'])
      await waitUntil(() => logged.includes(`"doing":"${doing}"`), { what: `${doing} fails` })
    const told = played.calls
    await expect(running.failed).rejects.toThrow(/taken over by process 7 on elsewhere/)
    await running.stop()
    expect(played.calls).toBe(told)
  })

  test('ends by itself, so that it is started again', async () => {
    await beTakenOver()
    gapMs = 3_600_000
    await expect(uploader.uploads.getStatus({ versionId })).rejects.toMatchObject(lost)
    await expect(running.failed).rejects.toThrow(/taken over/)
  })
})

test('an owner that was stopped, and is still the owner, answers', async () => {
  gapMs = 3_600_000
  expect(await uploader.uploads.getStatus({ versionId })).toMatchObject({ versionId })
})
