import { afterAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { findCaptureFiles } from './find-capture-files.js'

const top = await mkdtemp(join(tmpdir(), 'goldkeep-capture-'))
afterAll(() => rm(top, { recursive: true, force: true }))

test('a capture is its schema and what lies in hd0, hd1, …; the rest is named', async () => {
  const directory = await mkdtemp(join(top, 'one-'))
  await mkdir(join(directory, 'hd0', 'deeper'), { recursive: true })
  await mkdir(join(directory, 'hd1'))
  for (const name of [
    'schema',
    'guid',
    'hd0/part10.winpe.wim',
    'hd0/part2.winpe.wim',
    'hd1/table',
    'hd0/deeper/x',
    'notes.txt',
    'hd0/Thumbs.db',
    'hd1/desktop.ini',
  ])
    await writeFile(join(directory, name), name)
  const capture = await findCaptureFiles(`${directory}/`)
  expect(Buffer.from(capture.schema).toString()).toBe('schema')
  expect(capture.files.map(({ path }) => path)).toEqual([
    'hd0/part2.winpe.wim',
    'hd0/part10.winpe.wim',
    'hd1/table',
  ])
  // The legacy server's `guid` stands beside every capture, and is nobody's mistake.
  expect(capture.leftOut).toEqual(['hd0/deeper/x', 'hd0/Thumbs.db', 'hd1/desktop.ini', 'notes.txt'])
})

test.each(['hd0/link.wim', 'hd0'])(
  'a symbolic link in the place of %s is refused: its files would be left out',
  async (name) => {
    const directory = await mkdtemp(join(top, 'one-'))
    await writeFile(join(directory, 'schema'), '{}')
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await symlink(top, join(directory, name))
    await expect(findCaptureFiles(directory)).rejects.toThrow(
      `${name}: expected a file or folder of the capture`,
    )
  },
)

test.each(['.', './', 'hd0/..'])('a capture is the same when its folder is written %s', async (written) => {
  const directory = await mkdtemp(join(top, 'one-'))
  await mkdir(join(directory, 'hd0'))
  for (const name of ['schema', 'hd0/part1.winpe.wim', 'notes.txt'])
    await writeFile(join(directory, name), name)
  const before = process.cwd()
  process.chdir(directory)
  try {
    const { files, leftOut } = await findCaptureFiles(written)
    expect(files.map(({ path, file }) => [path, relative(directory, join(directory, file))])).toEqual([
      ['hd0/part1.winpe.wim', 'hd0/part1.winpe.wim'],
    ])
    expect(leftOut).toEqual(['notes.txt'])
  } finally {
    process.chdir(before)
  }
})

test('a folder without a schema is no capture', async () => {
  const directory = await mkdtemp(join(top, 'one-'))
  await expect(findCaptureFiles(directory)).rejects.toThrow('expected a file named schema')
})

test('a folder in which a fetch was broken off is no capture', async () => {
  const directory = await mkdtemp(join(top, 'one-'))
  for (const name of ['schema', 'goldkeep-unfinished.txt']) await writeFile(join(directory, name), name)
  await expect(findCaptureFiles(directory)).rejects.toThrow('found a fetch that was not finished')
})
