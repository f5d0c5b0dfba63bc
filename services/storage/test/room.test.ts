import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesOf, sha256 } from './support/bytes.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { errno, watchSyscalls, type WatchedSyscalls } from './support/watched-syscalls.js'
import {
  chunkOf,
  finishOf,
  readWhole,
  sealFileOf,
  startOf,
  uploadWhole,
  WriteStream,
} from './support/write-stream.js'

const megabyte = 1024 * 1024
const reserve = 4 * megabyte
const env = { GOLDKEEP_RESERVE: String(reserve), GOLDKEEP_LOW_SPACE: String(10 * megabyte) }
const bytes = bytesOf(3 * megabyte, 'room')

/** Bytes that the volume pretends to have free, and whether its last one is taken. */
const disk = { free: 0, full: false }
let sys: WatchedSyscalls
let house: TestHouse

beforeEach(async () => {
  Object.assign(disk, { free: 100 * megabyte, full: false })
  sys = smallDisk()
  house = await startTestHouse({ env, syscalls: sys })
})
afterEach(() => house.close())

/** A volume of which the test says how much is free; when it is full the reserve's blocks are all there is. */
function smallDisk(): WatchedSyscalls {
  const watched = watchSyscalls()
  const { statfs } = watched
  watched.statfs = async (path) =>
    Object.assign(await statfs(path), { bsize: 4096, bavail: Math.floor((disk.full ? 0 : disk.free) / 4096) })
  watched.interfere = ({ name, path, creates = false }) => {
    if (name === 'unlink' && path === '.reserve') disk.full = false
    const takes = name === 'write' || name === 'mkdir' || name === 'symlink' || creates
    if (disk.full && takes) throw errno('ENOSPC', name)
  }
  return watched
}

const reserveSize = (): Promise<number> => stat(join(house.volume, '.reserve')).then(({ size }) => size)

describe('the room of a volume', () => {
  test('is a trouble before it ends, and no more once there is some again', async () => {
    const told = () =>
      house.catalog.progress.flatMap(({ troubles }) => (troubles ? [troubles.sentences] : []))
    const sentencesTold = () => told().flat()
    const lastTold = () => told().at(-1)
    disk.free = reserve + 8 * megabyte
    await waitUntil(
      async () => sentencesTold().some((text) => text.includes(`${8 * megabyte} bytes are left for uploads`)),
      { what: 'it is told that the volume is nearly full' },
    )
    disk.free = reserve
    await waitUntil(async () => sentencesTold().some((text) => text.startsWith('it is full')), {
      what: 'it is told that the volume is full',
    })
    disk.free = 100 * megabyte
    await waitUntil(async () => lastTold()?.length === 0, { what: 'it is told that there is room again' })
  })

  test('is kept for storage itself in its last bytes; what was committed of an upload stays', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const stream = new WriteStream(clients, startOf(versionId, part1))
    const { attemptId } = await stream.until('ready')
    stream.send(chunkOf(bytes.subarray(0, megabyte), 0))
    await stream.untilCommitted(megabyte)
    disk.free = reserve
    const { volume } = await house.worker()
    await volume.getStats({})
    stream.send(chunkOf(bytes.subarray(megabyte, 2 * megabyte), megabyte))
    stream.send(chunkOf(bytes.subarray(2 * megabyte), 2 * megabyte))
    expect(await stream.refusal()).toMatchObject({
      reason: 'NO_SPACE',
      message: expect.stringMatching(/has 0 bytes left for uploads; 4194304 bytes are kept/) as unknown,
    })

    // Nothing of what is there is given up for what cannot come.
    const restart = new WriteStream(clients, startOf(versionId, part1))
    expect(await restart.refusal()).toMatchObject({ reason: 'NO_SPACE' })

    disk.free = 100 * megabyte
    const { files } = await clients.uploads.getStatus({ versionId })
    expect(files).toMatchObject([{ attemptId }])
    const offset = Number(files[0]?.committedSize)
    expect(offset).toBeGreaterThanOrEqual(megabyte)
    const again = new WriteStream(clients, startOf(versionId, part1, { resume: { attemptId, offset } }))
    await again.until('ready')
    for (let at = offset; at < bytes.length; at += megabyte)
      again.send(chunkOf(bytes.subarray(at, at + megabyte), at))
    again.send(finishOf(bytes.length, sha256(bytes)))
    await again.until('done')
    again.end()
    await clients.uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
    const reader = await house.reader(versionId)
    expect((await readWhole(reader, { versionId, path: part1 })).bytes.equals(bytes)).toBe(true)
  })

  test('that is too little refuses an upload before it begins, and leaves nothing of it', async () => {
    disk.free = reserve
    const before = await house.tree()
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await expect(clients.uploads.open({ versionId, schema })).rejects.toMatchObject({ reason: 'NO_SPACE' })
    expect(await house.tree()).toEqual(before)
  })

  test('is reported without the reserve', async () => {
    disk.free = 10 * megabyte
    const { volume } = await house.worker()
    expect(await volume.getStats({})).toMatchObject({ freeBytes: BigInt(10 * megabyte - reserve) })
  })
})

describe('a volume that others have filled to the last byte', () => {
  test('gives up its reserve so that a seal that had begun can end, and fills it again when there is room', async () => {
    const versionId = newVersion()
    const clients = await house.uploader(versionId)
    await clients.uploads.open({ versionId, schema })
    const stream = new WriteStream(clients, startOf(versionId, part1))
    await stream.until('ready')
    for (let at = 0; at < bytes.length; at += megabyte)
      stream.send(chunkOf(bytes.subarray(at, at + megabyte), at))
    stream.send(finishOf(bytes.length, sha256(bytes)))
    await stream.until('done')
    stream.end()
    expect(await reserveSize()).toBe(reserve)
    Object.assign(disk, { full: true, free: reserve })
    await clients.uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
    await expect(access(join(house.volume, '.reserve'))).rejects.toMatchObject({ code: 'ENOENT' })
    disk.free = 100 * megabyte
    await waitUntil(async () => (await reserveSize()) === reserve, { what: 'the reserve is there again' })
  })

  test('can still be started, and its versions read', async () => {
    const versionId = newVersion()
    await uploadWhole(await house.uploader(versionId), versionId, schema, { [part1]: bytes })
    const next = smallDisk()
    await house.restart({
      env,
      syscalls: next,
      meanwhile: () => {
        disk.full = true
        return Promise.resolve()
      },
    })
    const reader = await house.reader(versionId)
    expect((await readWhole(reader, { versionId, path: part1 })).bytes.equals(bytes)).toBe(true)
  })
})
