import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { VersionId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { execFile } from 'node:child_process'
import { appendFile, chmod, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bytesOf, sha256 } from './support/bytes.js'
import { imageId, newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { errno, watchSyscalls, type Call, type WatchedSyscalls } from './support/watched-syscalls.js'
import { chunkOf, finishOf, sealFileOf, startOf, WriteStream, writeWhole } from './support/write-stream.js'

const bytes = bytesOf(900_000, 'recovery')
const half = bytes.subarray(0, 400_000)
let house: TestHouse
let sys: WatchedSyscalls
let versionId: VersionId

beforeEach(async () => {
  sys = watchSyscalls()
  versionId = newVersion()
  house = await startTestHouse({ syscalls: sys })
  const clients = await house.uploader(versionId)
  await clients.uploads.open({ versionId, schema })
})
afterEach(() => house.close())

const at = (...parts: string[]): string => join(house.volume, ...parts)
const staged = (): string => at('staging', versionId, 'tree', part1)
const target = (): string => at('images', imageId, 'versions', versionId)

async function writeHalf(): Promise<string> {
  const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, part1))
  const { attemptId } = await stream.until('ready')
  stream.send(chunkOf(half, 0))
  await stream.untilCommitted(half.length)
  return attemptId
}

async function goOn(attemptId: string): Promise<void> {
  const resume = { attemptId, offset: half.length }
  const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, part1, { resume }))
  await stream.until('ready')
  stream.send(chunkOf(bytes.subarray(half.length), half.length), finishOf(bytes.length, sha256(bytes)))
  await stream.until('done')
}

const seal = async () =>
  (await house.uploader(versionId)).uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })

async function expectWholeVersion(): Promise<void> {
  await promisify(execFile)('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], { cwd: target() })
  expect(sha256(await readFile(join(target(), part1)))).toBe(sha256(bytes))
}

describe('an upload whose storage died', () => {
  test('goes on at what was committed; bytes beyond that are cut off', async () => {
    const attemptId = await writeHalf()
    sys.die()
    await house.restart({ meanwhile: () => appendFile(staged(), 'never acknowledged') })
    expect(sha256(await readFile(staged()))).toBe(sha256(half))
    await goOn(attemptId)
    await seal()
    await expectWholeVersion()
  })

  test('must start a file anew of which committed bytes are gone', async () => {
    const attemptId = await writeHalf()
    sys.die()
    await house.restart({ meanwhile: () => truncate(staged(), 1_000) })
    await expect(goOn(attemptId)).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
    await seal()
    await expectWholeVersion()
  })

  test('whose journal ends in half a record goes on from the record before', async () => {
    const attemptId = await writeHalf()
    sys.die()
    await house.restart({
      meanwhile: () => appendFile(at('staging', versionId, 'journal'), Buffer.from([80, 0, 0, 0, 1, 2, 3])),
    })
    await goOn(attemptId)
    await seal()
    await expectWholeVersion()
  })

  test('does not keep another upload away when its journal is nonsense, and is kept itself', async () => {
    const other = versionId
    versionId = newVersion()
    await (await house.uploader(versionId)).uploads.open({ versionId, schema })
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
    sys.die()
    await house.restart({ meanwhile: () => writeFile(at('staging', other, 'journal'), 'nonsense') })
    await seal()
    await expectWholeVersion()
    expect(await readFile(at('staging', other, 'tree', 'schema'))).toEqual(schema)
  })
})

describe('a seal whose storage died', () => {
  const points: readonly [string, (call: Call) => boolean][] = [
    ['before its manifest', ({ name, path }) => name === 'open' && path.endsWith('/.version.json.new')],
    ['with half a manifest', ({ name, path }) => name === 'rename' && path.endsWith('/.version.json.new')],
    ['before its sums', ({ name, path }) => name === 'rename' && path.endsWith('/.SHA256SUMS.new')],
    ['before the rename', ({ name, path }) => name === 'rename' && path.endsWith('/tree')],
    ['after the rename', ({ name, path }) => name === 'fsync' && path.endsWith('/versions') && sealed()],
    ['before its last record', ({ name, path }) => name === 'write' && path.endsWith('/journal') && sealed()],
  ]
  const sealed = (): boolean =>
    sys.calls.some(({ name, path }) => name === 'rename' && path.endsWith('/tree'))

  test.each(points)(
    '%s is rolled forward by the next start, and the catalog is told',
    async (_point, isPoint) => {
      await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
      house.catalog.down = true
      sys.interfere = (call) => {
        if (isPoint(call)) sys.die()
      }
      await seal().catch(() => {})
      expect(house.catalog.sealed.size).toBe(0)
      house.catalog.down = false
      await house.restart()
      await waitUntil(() => house.catalog.sealed.has(versionId), {
        what: 'the catalog has recorded the seal',
      })
      await expectWholeVersion()
      const again = await seal()
      expect(again.recorded).toBe(true)
      await waitUntil(async () => !(await house.tree()).some((line) => line.includes(' staging/')), {
        what: 'nothing is staged any more',
      })
    },
  )

  test('is not rolled forward over bytes that are not those it sealed', async () => {
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path.endsWith('/tree')) sys.die()
    }
    await seal().catch(() => {})
    const flipped = Buffer.from(bytes)
    flipped[1000] = (flipped[1000] ?? 0) ^ 1
    const meanwhile = async (): Promise<void> => {
      await chmod(staged(), 0o644)
      await writeFile(staged(), flipped)
    }
    await house.restart({ meanwhile })
    await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    expect((await house.tree()).filter((line) => line.includes('versions/'))).toEqual([])
  })
})

describe('a catalog that is down', () => {
  test('delays neither the seal nor the next start for long, and is told when it is back', async () => {
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
    house.catalog.down = true
    expect((await seal()).recorded).toBe(false)
    await house.restart()
    await expectWholeVersion()
    house.catalog.down = false
    await waitUntil(() => house.catalog.sealed.has(versionId), {
      what: 'the seal is recorded',
      timeoutMs: 20_000,
    })
  })
})

describe('a fault of the volume', () => {
  test('that is full is told as NO_SPACE, and the upload goes on when there is room', async () => {
    const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, part1))
    const { attemptId } = await stream.until('ready')
    stream.send(chunkOf(half, 0))
    await stream.untilCommitted(half.length)
    sys.interfere = ({ name, path }) => {
      if (name === 'write' && path.endsWith(part1)) throw errno('ENOSPC')
    }
    stream.send(chunkOf(bytes.subarray(half.length), half.length))
    expect(await stream.refusal()).toMatchObject({ reason: 'NO_SPACE' })
    sys.interfere = () => {}
    await goOn(attemptId)
    await seal()
    await expectWholeVersion()
  })

  test('at a sync ends the attempt, also for the next run, and leaves the other files', async () => {
    const other = 'hd0/part2.winpe.wim'
    await writeWhole(await house.uploader(versionId), versionId, other, bytes)
    const stream = new WriteStream(await house.uploader(versionId), startOf(versionId, part1))
    const { attemptId } = await stream.until('ready')
    sys.interfere = ({ name, path }) => {
      if (name === 'fdatasync' && path.endsWith(part1)) throw errno('EIO')
    }
    stream.send(chunkOf(half, 0))
    expect(await stream.refusal()).toMatchObject({ reason: 'IO_ERROR' })
    sys.interfere = () => {}
    await expect(goOn(attemptId)).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
    await house.restart()
    await expect(goOn(attemptId)).rejects.toMatchObject({ reason: 'ATTEMPT_BROKEN' })
    const { files } = await (await house.uploader(versionId)).uploads.getStatus({ versionId })
    expect(files).toMatchObject([
      { path: other, state: 4 },
      { path: part1, state: 3 },
    ])
  })

  test('at the sync of a sealed directory leaves the seal unanswered until a start has verified it', async () => {
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path.endsWith(`${versionId}/tree`)) throw errno('EIO')
    }
    await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    sys.interfere = () => {}
    await expect(seal()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    await house.restart()
    await seal()
    await expectWholeVersion()
  })
})
