import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { catalog } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { watchSyscalls, type WatchedSyscalls } from './support/watched-syscalls.js'
import { chunkOf, sealFileOf, startOf, WriteStream, writeWhole } from './support/write-stream.js'

const { LIFECYCLE_ABORTED, LIFECYCLE_EXPIRED, LIFECYCLE_SEALED } = catalog.Lifecycle
const bytes = bytesOf(100_000, 'end')
let house: TestHouse
let sys: WatchedSyscalls
let versionId: VersionId

beforeEach(async () => {
  sys = watchSyscalls()
  versionId = newVersion()
  house = await startTestHouse({ syscalls: sys })
  await (await house.uploader(versionId)).uploads.open({ versionId, schema })
  await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
})
afterEach(() => house.close())

const end = async (opSeq = 1n, outcome = LIFECYCLE_ABORTED) =>
  (await (await house.worker()).admin.endUpload({ versionId, outcome, epoch: 1n, opSeq })).outcome
const seal = async () =>
  (await house.uploader(versionId)).uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
const stagedLines = async (): Promise<string[]> =>
  (await house.tree()).filter((line) => line.includes(' staging/'))

describe('ending an upload', () => {
  test('removes its bytes, tells the catalog, and no seal follows', async () => {
    expect(await end()).toBe(LIFECYCLE_ABORTED)
    expect(await stagedLines()).toEqual([])
    await expect(seal()).rejects.toMatchObject({ reason: 'UPLOAD_ENDED' })
    await waitUntil(() => house.catalog.ended.length > 0, { what: 'the catalog is told' })
    await house.restart()
    await expect(seal()).rejects.toMatchObject({ reason: 'UPLOAD_ENDED' })
    expect(await end(2n, LIFECYCLE_EXPIRED)).toBe(LIFECYCLE_ABORTED)
  })

  test('as expired is refused while its last byte is younger than that, and an abort is not', async () => {
    const { admin } = await house.worker()
    const request = { versionId, outcome: LIFECYCLE_EXPIRED, epoch: 1n, opSeq: 1n }
    const before = await house.tree()
    await expect(admin.endUpload({ ...request, idleSeconds: 3600n })).rejects.toMatchObject({
      reason: 'UPLOAD_BUSY',
      message: expect.stringMatching(/last byte came \d s ago; it expires after 3600 s/) as unknown,
    })
    expect(await house.tree()).toEqual(before)
    const abort = { ...request, outcome: LIFECYCLE_ABORTED, idleSeconds: 3600n }
    expect((await admin.endUpload(abort)).outcome).toBe(LIFECYCLE_ABORTED)
  })

  test('as aborted does not ask the clock, which may have been set back since the last byte', async () => {
    const now = Date.now
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
    try {
      expect(await end()).toBe(LIFECYCLE_ABORTED)
    } finally {
      clock.mockRestore()
    }
  })

  test('as expired is refused while a stream is open', async () => {
    const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, 'hd0/part2.winpe.wim'))
    await stream.until('ready')
    const before = await house.tree()
    await expect(end(1n, LIFECYCLE_EXPIRED)).rejects.toMatchObject({ reason: 'UPLOAD_BUSY' })
    expect(await house.tree()).toEqual(before)
    stream.cut()
  })

  test('as aborted tells whoever writes at once, and lets nobody in any more', async () => {
    const clients = await house.uploader(versionId)
    const streams = ['hd0/part2.winpe.wim', 'hd0/part3.winpe.wim'].map(
      (path) => new WriteStream(clients, startOf(versionId, path)),
    )
    for (const stream of streams) {
      await stream.until('ready')
      stream.send(chunkOf(bytes, 0))
    }
    expect(await end()).toBe(LIFECYCLE_ABORTED)
    for (const stream of streams)
      expect(await stream.refusal()).toMatchObject({
        reason: 'UPLOAD_ENDED',
        message: expect.stringContaining('was aborted; begin another') as unknown,
      })
    const late = new WriteStream(clients, startOf(versionId, 'hd0/part2.winpe.wim'))
    expect(await late.refusal()).toMatchObject({ reason: 'UPLOAD_ENDED' })
    expect(await stagedLines()).toEqual([])
  })

  test('answers SEALED when the seal came first, at whatever moment the two meet', async () => {
    const [sealed, ended] = await Promise.allSettled([seal(), end()])
    if (sealed.status === 'fulfilled') expect(ended).toMatchObject({ value: LIFECYCLE_SEALED })
    else expect(ended).toMatchObject({ value: LIFECYCLE_ABORTED })
    const versions = (await house.tree()).filter((line) => line.endsWith(`versions/${versionId}`))
    expect(versions).toHaveLength(sealed.status === 'fulfilled' ? 1 : 0)
  })

  test('answers SEALED when a seal had begun before storage died', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path.endsWith('/tree')) sys.die()
    }
    await seal().catch(() => {})
    await house.restart()
    expect(await end()).toBe(LIFECYCLE_SEALED)
  })

  test('is carried out by the next start when storage died in the middle', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'unlink' && path.includes('.ended-')) sys.die()
    }
    await end().catch(() => {})
    expect(await stagedLines()).not.toEqual([])
    await house.restart()
    expect(await stagedLines()).toEqual([])
    expect(await end()).toBe(LIFECYCLE_ABORTED)
  })

  test('is remembered when the next start carries it out, though only the upload said so', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'write' && path === '.commands.journal') sys.die()
    }
    await end(5n).catch(() => {})
    expect(await stagedLines()).not.toEqual([])
    await house.restart()
    expect(await stagedLines()).toEqual([])
    await house.restart()
    const clients = await house.uploader(versionId)
    await expect(clients.uploads.open({ versionId, schema })).rejects.toMatchObject({
      reason: 'UPLOAD_ENDED',
    })
    await expect(end(4n)).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
  })

  test('keeps a file that no journal knows', async () => {
    await writeFile(join(house.volume, 'staging', versionId, 'tree/hd0/unknown.bin'), 'someone put this here')
    expect(await end()).toBe(LIFECYCLE_ABORTED)
    const files = (await stagedLines()).filter((line) => line.startsWith('file'))
    expect(files).toEqual(
      [expect.stringContaining('unknown.bin'), expect.stringContaining('journal')].reverse(),
    )
  })

  test('of an upload that never was opened here is remembered', async () => {
    versionId = newVersion()
    expect(await end(3n)).toBe(LIFECYCLE_ABORTED)
    const clients = await house.uploader(versionId)
    await expect(clients.uploads.open({ versionId, schema })).rejects.toMatchObject({
      reason: 'UPLOAD_ENDED',
    })
  })
})
