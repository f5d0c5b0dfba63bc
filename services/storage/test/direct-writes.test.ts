import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { VersionId } from '@goldkeep/domain'
import { constants } from 'node:fs'
import { nodeSyscalls, type Syscalls } from '../src/store/disk/syscalls.js'
import { bytesOf, sha256 } from './support/bytes.js'
import { directDisk, type DirectDisk } from './support/direct-disk.js'
import { randomFrom } from './support/random.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { errno } from './support/watched-syscalls.js'
import {
  chunkOf,
  finishOf,
  readWhole,
  sealFileOf,
  startOf,
  uploadWhole,
  WriteStream,
} from './support/write-stream.js'

const kibibyte = 1024
const bytes = bytesOf(3_000_001, 'direct')
/** Of chunks: within a block, of a block, and around what is written directly. */
const sizes = [1, 4095, 4096, 65_536, 70_001, 300_000]

let house: TestHouse | undefined
let versionId: VersionId
beforeEach(() => {
  versionId = newVersion()
})
afterEach(() => house?.close())

const isDirect = (flags: number): boolean => (flags & constants.O_DIRECT) !== 0

/** Starts storage on a disk; `broken` says what is different about it. */
async function startOn(
  broken: (disk: DirectDisk) => Partial<Syscalls> = () => ({}),
  mode = 'always',
): Promise<DirectDisk> {
  const disk = directDisk(nodeSyscalls)
  const syscalls = { ...nodeSyscalls, ...disk, ...broken(disk) }
  house = await startTestHouse({ syscalls, env: { GOLDKEEP_DIRECT_WRITES: mode } })
  return disk
}

const uploader = async () => {
  if (!house) throw new Error('the house was not started')
  return house.uploader(versionId)
}

async function upload(content = bytes): Promise<void> {
  await uploadWhole(await uploader(), versionId, schema, { [part1]: content })
}

async function stored(): Promise<string> {
  if (!house) throw new Error('the house was not started')
  const read = await readWhole(await house.reader(versionId), { versionId, path: part1 })
  return sha256(read.bytes)
}

describe('uploads past the page cache', () => {
  test.each([1, 2, 3])('keep their bytes, however they are cut and gone on with (seed %d)', async (seed) => {
    const disk = await startOn()
    const random = randomFrom(seed)
    const clients = await uploader()
    await clients.uploads.open({ versionId, schema })
    let attempt: { attemptId: string; offset: number } | undefined
    for (let sent = 0; sent < bytes.length;) {
      const stream = new WriteStream(clients, startOf(versionId, part1, attempt && { resume: attempt }))
      const { attemptId } = await stream.until('ready')
      const stopAt = Math.min(bytes.length, sent + Math.ceil(random() * 1_000_000))
      while (sent < stopAt) {
        const size = sizes[Math.floor(random() * sizes.length)] ?? 1
        const part = bytes.subarray(sent, Math.min(stopAt, sent + size))
        stream.send(chunkOf(part, sent))
        sent += part.length
      }
      await stream.untilCommitted(sent)
      if (sent === bytes.length) stream.send(finishOf(bytes.length, sha256(bytes)))
      if (sent === bytes.length) await stream.until('done')
      else stream.cut()
      attempt = { attemptId, offset: sent }
    }
    await clients.uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
    expect(await stored()).toBe(sha256(bytes))
    expect(disk.directBlocks).toBeGreaterThan(0)
    expect(disk.sharedBlocks).toBe(0)
  })

  test('take whole blocks of large chunks directly, and small chunks not', async () => {
    const disk = await startOn()
    const before = disk.directBlocks
    await upload(bytesOf(60 * kibibyte, 'small'))
    expect(disk.directBlocks).toBe(before)
    versionId = newVersion()
    await upload(bytesOf(1024 * kibibyte + 5, 'large'))
    expect(disk.directBlocks).toBe(before + 256)
  })

  test('are not tried where they are not wanted', async () => {
    let opened = 0
    const count: Partial<Syscalls> = {
      open: (path, flags, mode) => {
        if (isDirect(flags)) opened += 1
        return nodeSyscalls.open(path, flags, mode)
      },
    }
    await startOn(() => count, 'never')
    await upload()
    expect(await stored()).toBe(sha256(bytes))
    expect(opened).toBe(0)
  })
})

describe('where the disk takes no direct writes, the page cache does', () => {
  test.each([
    ['the file system does not know them', 'EINVAL', () => true],
    ['only the try was taken', 'EINVAL', (path: string) => !path.includes('probe')],
    ['no file can be opened twice', 'EMFILE', (path: string) => !path.includes('probe')],
  ])('%s', async (_, code, refuses) => {
    const disk = await startOn(({ open }) => ({
      open: async (path, flags, mode) => {
        if (isDirect(flags) && refuses(path)) throw errno(code, 'open')
        return open(path, flags, mode)
      },
    }))
    const before = disk.directBlocks
    await upload()
    expect(await stored()).toBe(sha256(bytes))
    expect(disk.directBlocks).toBe(before)
  })

  test('when a write is refused, and when it takes a part only', async () => {
    let direct = 0
    await startOn(({ open, write }) => {
      const fds = new Set<number>()
      return {
        open: async (path, flags, mode) => {
          const fd = await open(path, flags, mode)
          if (isDirect(flags)) fds.add(fd)
          else fds.delete(fd)
          return fd
        },
        write: async (fd, buffer, position) => {
          if (!fds.has(fd)) return write(fd, buffer, position)
          direct += 1
          if (direct % 2 === 0) throw errno('EINVAL', 'write')
          // A disk of small blocks stops in the middle of a large one.
          return nodeSyscalls.write(fd, buffer.subarray(0, buffer.length - 512), position)
        },
      }
    })
    await upload()
    expect(await stored()).toBe(sha256(bytes))
    expect(direct).toBeGreaterThan(2)
  })

  test('when the volume is full at the start', async () => {
    let full = true
    await startOn(({ open, write }) => {
      let probe = -1
      return {
        open: async (path, flags, mode) => {
          const fd = await open(path, flags, mode)
          if (isDirect(flags) && path.includes('probe')) probe = fd
          return fd
        },
        write: async (fd, buffer, position) => {
          if (full && fd === probe) {
            full = false
            throw errno('ENOSPC', 'write')
          }
          return write(fd, buffer, position)
        },
      }
    })
    expect(full).toBe(false)
    await upload()
    expect(await stored()).toBe(sha256(bytes))
  })
})

test.each([
  ['ENOSPC', 'NO_SPACE'],
  ['EDQUOT', 'NO_SPACE'],
  ['EIO', 'IO_ERROR'],
])('a direct write that fails with %s is told as %s, and the upload goes on', async (code, reason) => {
  let faulty = false
  await startOn(({ write }) => ({
    write: async (fd, buffer, position) => {
      if (faulty && buffer.length >= 64 * kibibyte) throw errno(code, 'write')
      return write(fd, buffer, position)
    },
  }))
  const clients = await uploader()
  await clients.uploads.open({ versionId, schema })
  const first = new WriteStream(clients, startOf(versionId, part1))
  const { attemptId } = await first.until('ready')
  const half = 1024 * kibibyte
  first.send(chunkOf(bytes.subarray(0, half), 0))
  await first.untilCommitted(half)
  faulty = true
  first.send(chunkOf(bytes.subarray(half, 2 * half), half))
  expect(await first.refusal()).toMatchObject({ reason })
  faulty = false
  const again = new WriteStream(clients, startOf(versionId, part1, { resume: { attemptId, offset: half } }))
  await again.until('ready')
  for (let at = half; at < bytes.length; at += half) again.send(chunkOf(bytes.subarray(at, at + half), at))
  again.send(finishOf(bytes.length, sha256(bytes)))
  await again.until('done')
  await clients.uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
  expect(await stored()).toBe(sha256(bytes))
})
