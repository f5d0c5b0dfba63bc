import { afterAll, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { UploadRecords } from './upload-records.js'

const version = '20261122T181502Z-4k7q'
const source = { file: '/a.wim', size: 5, mtimeMs: 1.5, inode: '7' }

const top = await mkdtemp(join(tmpdir(), 'goldkeep-records-'))
afterAll(() => rm(top, { recursive: true, force: true }))
const records = async () => new UploadRecords(await mkdtemp(join(top, 'one-')))

test('what was sent is remembered for each file, until it is forgotten', async () => {
  const kept = await records()
  await kept.save(version, 'hd0/part1.winpe.wim', { attemptId: 'att-1', source })
  await kept.save(version, 'hd1/part1.winpe.wim', { attemptId: 'att-2', finished: { size: 5, sha256: 'ab' } })
  expect(await kept.read(version, 'hd0/part1.winpe.wim')).toMatchObject({ attemptId: 'att-1', source })
  expect(await kept.read(version, 'hd1/part1.winpe.wim')).toMatchObject({ finished: { sha256: 'ab' } })
  await kept.forget(version)
  expect(await kept.read(version, 'hd0/part1.winpe.wim')).toBeUndefined()
})

test('a record that cannot be read is as good as none', async () => {
  const directory = await mkdtemp(join(top, 'one-'))
  const kept = new UploadRecords(directory)
  await kept.save(version, 'hd0/a.wim', { attemptId: 'att-1' })
  await writeFile(join(directory, 'uploads', version, 'hd0,a.wim.json'), '{"attemp')
  expect(await kept.read(version, 'hd0/a.wim')).toBeUndefined()
})

test('only the id of a process of this machine that is no more is taken by its successor', async () => {
  const { pid } = spawnSync('true')
  const left = { attemptId: 'att-1', writerId: 'former', source, writer: { host: hostname(), pid } }
  const kept = await records()
  for (const [writer, expected] of [
    [left.writer, 'former'],
    [{ host: hostname(), pid: process.ppid }, 'own'],
    [{ host: 'elsewhere', pid }, 'own'],
  ] as const) {
    await kept.save(version, 'hd0/a.wim', { ...left, writer })
    const { record, writerId } = await kept.claim(version, 'hd0/a.wim', 'own')
    expect({ record, writerId }).toEqual({ record: { ...left, writer }, writerId: expected })
    // What is known of the attempt stays, and the file has this process as its writer.
    const claimed = {
      attemptId: 'att-1',
      source,
      writerId: expected,
      writer: { host: hostname(), pid: process.pid },
    }
    expect(await kept.read(version, 'hd0/a.wim')).toEqual(claimed)
  }
  expect((await kept.claim(version, 'hd0/b.wim', 'own')).writerId).toBe('own')
})
