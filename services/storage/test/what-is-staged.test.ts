import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { newVersionId, parseFilePath, type FilePath } from '@goldkeep/domain'
import { appendFile, open, readFile, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttemptMode, AttemptWriter } from '../src/store/version-store.js'
import {
  bytesIn,
  first,
  fresh,
  lab,
  makeShelves,
  office,
  second,
  stageVersion,
  type Shelf,
} from './commands/shelf.js'
import { bytesOf, sha256 } from './support/bytes.js'
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

const third = parseFilePath('hd0/part3.winpe.wim')
const staged = (path: string): string => join(shelf.volume, 'staging', fresh, 'tree', path)
const begin = (path: FilePath = third, mode: AttemptMode = { kind: 'restart' }): Promise<AttemptWriter> =>
  shelf.store.openAttempt(fresh, path, mode, () => {})

describe('of two first writes at once to paths that differ in case', () => {
  test.each(['hd0/PART3.winpe.wim', 'hd0/part3.WINPE.wim', 'hd0/Part3.winpe.wim'])(
    'one is refused: %s',
    async (path) => {
      const outcomes = await Promise.allSettled([begin(), begin(parseFilePath(path))])
      expect(outcomes).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { reason: 'INVALID_PATH', metadata: { path, other: third } } },
      ])
      const { files } = await shelf.store.view(fresh)
      expect(files.map((file) => file.path)).toEqual([first, second, third])
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.close()
    },
  )

  test('whichever of them comes first', async () => {
    const other = parseFilePath('hd0/PART3.winpe.wim')
    const outcomes = await Promise.allSettled([begin(other), begin()])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(begin()).rejects.toMatchObject({ reason: 'INVALID_PATH' })
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.close()
  })

  test('the other may have the name when the first could not be begun', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'write' && path.endsWith('/journal')) throw errno('ENOSPC')
    }
    await expect(begin()).rejects.toMatchObject({ reason: 'NO_SPACE' })
    sys.interfere = () => {}
    await (await begin(parseFilePath('hd0/PART3.winpe.wim'))).close()
  })

  test('both are taken when they differ in more than case', async () => {
    const paths = [third, parseFilePath('hd1/PART3.winpe.wim'), parseFilePath('hd0/part33.winpe.wim')]
    for (const writer of await Promise.all(paths.map((path) => begin(path)))) await writer.close()
  })
})

describe('an attempt that is resumed', () => {
  test('has no bytes beyond its committed size', async () => {
    const committed = bytesOf(600, 'committed')
    const writer = await begin()
    await writer.append(committed)
    await writer.commit()
    await writer.append(bytesOf(400, 'not committed'))
    await writer.close()
    expect((await stat(staged(third))).size).toBe(1_000)
    const { attemptId } = writer
    const resumed = await begin(third, { kind: 'resume', attemptId, offset: committed.length })
    await resumed.finish(committed.length, sha256(committed))
    await resumed.close()
    expect(await readFile(staged(third))).toEqual(committed)
  })

  test('is broken when the volume holds less than was committed', async () => {
    const writer = await begin()
    await writer.append(bytesOf(600, 'committed'))
    await writer.commit()
    await writer.close()
    await truncate(staged(third), 599)
    const { attemptId } = writer
    const resuming = begin(third, { kind: 'resume', attemptId, offset: 600 })
    await expect(resuming).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
    const again = begin(third, { kind: 'resume', attemptId, offset: 600 })
    await expect(again).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
  })
})

describe('an attempt of which the volume has lost bytes', () => {
  test.each([
    ['all', () => rm(staged(third))],
    ['some', () => truncate(staged(third), 599)],
  ])('is told as broken by the next start: %s', async (_how, lose) => {
    const writer = await begin()
    await writer.append(bytesOf(600, 'committed'))
    await writer.commit()
    await writer.close()
    await shelf.reopen({ meanwhile: lose })
    const { files } = await shelf.store.view(fresh)
    expect(files.find(({ path }) => path === third)).toMatchObject({ state: 'BROKEN' })
  })
})

test('a complete file that has grown is told as broken by the next start, and is not cut to fit', async () => {
  await shelf.reopen({ meanwhile: () => appendFile(staged(first), 'x') })
  const { files } = await shelf.store.view(fresh)
  expect(files).toMatchObject([
    { path: first, state: 'BROKEN' },
    { path: second, state: 'COMPLETE' },
  ])
  expect((await stat(staged(first))).size).toBe(bytesIn(fresh).length + 1)
})

describe('an attempt that is begun again', () => {
  test('has a file of its own, into which a writer of the one before cannot write', async () => {
    const before = await begin()
    await before.append(bytesOf(700, 'before'))
    await before.commit()
    const late = await open(staged(third), 'r+')
    const bytes = bytesOf(300, 'after')
    const writer = await begin()
    await late.write(bytesOf(700, 'late'), 0, 700, 0)
    await late.close()
    await writer.append(bytes)
    await writer.finish(bytes.length, sha256(bytes))
    await writer.close()
    await before.close()
    expect(await readFile(staged(third))).toEqual(bytes)
  })

  test('is recorded before the bytes of the one before are removed', async () => {
    await (await begin()).close()
    const begun = sys.calls.length
    await (await begin()).close()
    const calls = sys.calls.slice(begun)
    const recorded = calls.findIndex(({ name, path }) => name === 'fdatasync' && path.endsWith('/journal'))
    const removed = calls.findIndex(({ name, path }) => name === 'unlink' && path.endsWith(third))
    expect(recorded).toBeGreaterThanOrEqual(0)
    expect(removed).toBeGreaterThan(recorded)
  })
})

describe('a fault of the disk', () => {
  const bytes = bytesOf(1_000, 'whole')
  const resume = async (attemptId: AttemptWriter['attemptId'], offset: number) =>
    begin(third, { kind: 'resume', attemptId, offset })

  test('at a write keeps these bytes from being acknowledged, and those before can be gone on with', async () => {
    const writer = await begin()
    await writer.append(bytes.subarray(0, 600))
    await writer.commit()
    sys.interfere = ({ name, path }) => {
      if (name === 'write' && path.endsWith(third)) throw errno('ENOSPC')
    }
    await writer.append(bytes.subarray(600)).catch(() => {})
    await expect(writer.commit()).rejects.toMatchObject({ reason: 'NO_SPACE' })
    await writer.close()
    expect(writer.committedSize).toBe(600)
    sys.interfere = () => {}
    const resumed = await resume(writer.attemptId, 600)
    await resumed.append(bytes.subarray(600))
    await resumed.finish(bytes.length, sha256(bytes))
    await resumed.close()
    expect(await readFile(staged(third))).toEqual(bytes)
  })

  test('at a sync ends the attempt, also when the journal has no room to say so', async () => {
    const writer = await begin()
    await writer.append(bytes)
    sys.interfere = ({ name, path }) => {
      if (name === 'fdatasync' && path.endsWith(third)) throw errno('EIO')
      if (name === 'write' && path.endsWith('/journal')) throw errno('ENOSPC')
    }
    await expect(writer.commit()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    await writer.close()
    sys.interfere = () => {}
    await expect(resume(writer.attemptId, 0)).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
  })
})

test('a file that is finished is synced and closed before its journal says so', async () => {
  const bytes = bytesOf(1_000, 'whole')
  const writer = await begin()
  await writer.append(bytes)
  const begun = sys.calls.length
  await writer.finish(bytes.length, sha256(bytes))
  // The lease, too, is written now and then.
  const ofUpload = sys.calls.slice(begun).filter(({ path }) => path.startsWith('staging/'))
  const calls = ofUpload.map(({ name, path }) => `${name} ${path.split('/tree/').at(-1)}`)
  const journal = `staging/${fresh}/journal`
  expect(calls).toEqual([
    ...calls.filter((call) => call === `write ${third}`),
    `fdatasync ${third}`,
    `close ${third}`,
    `write ${journal}`,
    `fdatasync ${journal}`,
  ])
})

test('a file whose end could not be recorded commits nothing more, and is gone on with', async () => {
  const bytes = bytesOf(1_000, 'whole')
  const writer = await begin()
  await writer.append(bytes)
  sys.interfere = ({ name, path }) => {
    if (name === 'write' && path.endsWith('/journal')) throw errno('ENOSPC')
  }
  await expect(writer.finish(bytes.length, sha256(bytes))).rejects.toMatchObject({ reason: 'NO_SPACE' })
  sys.interfere = () => {}
  await expect(writer.commit()).rejects.toMatchObject({ reason: 'NO_SPACE' })
  await writer.close()
  const resumed = await begin(third, { kind: 'resume', attemptId: writer.attemptId, offset: 0 })
  await resumed.append(bytes)
  await resumed.finish(bytes.length, sha256(bytes))
  await resumed.close()
  expect(await readFile(staged(third))).toEqual(bytes)
})

test('an upload to an image in whose place the volume has another is refused before a byte is sent', async () => {
  const { upload } = await shelf.store.view(fresh)
  const schema = await readFile(staged('schema'))
  const next = { ...upload, versionId: newVersionId(new Date()), imageUid: office.imageUid }
  await expect(shelf.store.stage(next, schema)).rejects.toMatchObject({
    reason: 'IMAGE_ON_VOLUME',
    metadata: { expected: office.imageUid, found: lab.imageUid },
  })
  expect((await shelf.store.stage({ ...next, imageUid: lab.imageUid }, schema)).upload.imageUid).toBe(
    lab.imageUid,
  )
})
