import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { parseFilePath } from '@goldkeep/domain'
import { appendFile, chmod, mkdir, readFile, rm, truncate, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  bytesIn,
  first,
  fresh,
  lab,
  makeShelves,
  sealStaged,
  second,
  stageVersion,
  type Shelf,
} from './commands/shelf.js'
import { orders } from './commands/orders.js'
import { bytesOf } from './support/bytes.js'
import { directSyscalls } from './support/direct-syscalls.js'
import { errno, watchSyscalls, type WatchedSyscalls } from './support/watched-syscalls.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
let sys: WatchedSyscalls
beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())
beforeEach(async () => {
  sys = watchSyscalls(directSyscalls)
  shelf = await shelves.shelf(sys)
  await stageVersion(shelf.store, fresh, lab.imageId)
})
afterEach(() => shelf.close())

const staged = (path: string): string => join(shelf.volume, 'staging', fresh, 'tree', path)
const place = (): string => join(shelf.volume, 'images', lab.imageId, 'versions', fresh)
const seal = (): Promise<void> => sealStaged(shelf.store, fresh)

test('an upload that is sealed takes no more writes, also before it is forgotten', async () => {
  await seal()
  for (const path of [first, parseFilePath('hd0/part3.winpe.wim')]) {
    const write = shelf.store.openAttempt(fresh, path, { kind: 'restart' }, () => {})
    await expect(write).rejects.toMatchObject({ reason: 'SEAL_BEGUN' })
  }
  await expect(seal()).rejects.toMatchObject({ reason: 'SEAL_BEGUN' })
  expect(await readFile(join(place(), first))).toEqual(bytesIn(fresh))
})

describe('a seal is refused', () => {
  const changes: readonly [string, string, () => Promise<unknown>][] = [
    ['has grown', 'SIZE_MISMATCH', () => appendFile(staged(first), 'x')],
    ['is shorter', 'SIZE_MISMATCH', () => truncate(staged(second), 1)],
    ['is gone', 'IO_ERROR', () => rm(staged(second))],
  ]
  test.each(changes)('when a file on the volume %s since it was finished', async (_what, reason, change) => {
    await change()
    await expect(seal()).rejects.toMatchObject({ reason })
    await expect(stat(place())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('when a directory is in its place, though it is empty', async () => {
    await mkdir(place())
    await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    expect(shelf.store.findVersion(fresh)).toBeUndefined()
    expect(await readFile(staged(first))).toEqual(bytesIn(fresh))
    await rm(place(), { recursive: true })
    await shelf.reopen()
    expect(shelf.store.findVersion(fresh)).toMatchObject(lab)
  })

  test.each([
    ['has grown', () => appendFile(join(place(), first), 'x')],
    ['is shorter', () => truncate(join(place(), first), 1)],
    ['has changed', () => writeFile(join(place(), first), bytesOf(bytesIn(fresh).length, 'other'))],
  ])(
    'by the next start, when a file of the renamed tree %s before it was answered',
    async (_what, change) => {
      sys.interfere = ({ name, path }) => {
        const isRenamed = sys.calls.some((call) => call.name === 'rename' && call.path.endsWith('/tree'))
        if (isRenamed && name === 'fsync' && path.endsWith('/versions')) sys.die()
      }
      await expect(seal()).rejects.toThrow('killed')
      await shelf.reopen({
        meanwhile: async () => {
          await chmod(join(place(), first), 0o644)
          await change()
        },
      })
      expect(shelf.store.findVersion(fresh)).toBeUndefined()
    },
  )

  test('by the next start too, while an empty directory is in its place', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path.endsWith('/tree')) sys.die()
    }
    await expect(seal()).rejects.toThrow('killed')
    await shelf.reopen({ meanwhile: () => mkdir(place()) })
    expect(shelf.store.findVersion(fresh)).toBeUndefined()
    expect(await readFile(staged(first))).toEqual(bytesIn(fresh))
    await shelf.reopen({ meanwhile: () => rm(place(), { recursive: true }) })
    expect(shelf.store.findVersion(fresh)).toMatchObject(lab)
  })
})

test('a start makes the rename of a seal durable before its journal says that it is sealed', async () => {
  sys.interfere = ({ name, path }) => {
    const isRenamed = sys.calls.some((call) => call.name === 'rename' && call.path.endsWith('/tree'))
    if (isRenamed && name === 'fsync' && path.endsWith('/versions')) sys.die()
  }
  await expect(seal()).rejects.toThrow('killed')
  const next = watchSyscalls(directSyscalls)
  await shelf.reopen({ sys: next })
  const calls = next.calls.map(({ name, path }) => `${name} ${path}`)
  const recorded = calls.lastIndexOf(`write staging/${fresh}/journal`)
  expect(recorded).toBeGreaterThanOrEqual(0)
  expect(calls.slice(0, recorded)).toContain(`fsync images/${lab.imageId}/versions`)
  expect(shelf.store.findVersion(fresh)).toMatchObject(lab)
})

test('a version whose seal is unanswered, since its rename could not be synced, cannot be trashed', async () => {
  sys.interfere = ({ name, path }) => {
    const isRenamed = sys.calls.some((call) => call.name === 'rename' && call.path.endsWith('/tree'))
    if (isRenamed && name === 'fsync' && path.endsWith('/versions')) throw errno('EIO', 'fsync')
  }
  await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
  sys.interfere = () => {}
  const trashed = orders.trash(shelf.store, { epoch: 1, opSeq: 1 }, fresh)
  await expect(trashed).rejects.toMatchObject({ reason: 'VERSION_NOT_SEALED' })
  await shelf.reopen()
  expect(shelf.store.findVersion(fresh)).toMatchObject(lab)
})
