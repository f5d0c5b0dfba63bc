import { describe, expect, test } from '@jest/globals'
import { isFilePath, parseFilePath } from './index.js'

describe('file paths', () => {
  test.each([
    'schema',
    'guid',
    'hd0/part1.winpe.wim',
    'hd12/vg0-root.extfs.lz4',
    'hd0/table',
    'hd0/disk.ffu',
  ])('takes %s', (path) => {
    expect(parseFilePath(path)).toBe(path)
  })

  test.each([
    '../../etc/passwd',
    '../passwd',
    '../version.json',
    './part1.winpe.wim',
    '/etc/passwd',
    'hd0/../schema',
    'hd0/.hidden',
    'hd0/-rf',
    'hd0/CON',
    'hd0/nul.wim',
    'hd0/part1.',
    'hd00/part1.winpe.wim',
    'hd0/a/b',
    'hd0/',
    'hd0',
    'version.json',
    '',
    'hd0/part1\0.wim',
    `hd0/${'a'.repeat(129)}`,
  ])('refuses %j', (path) => {
    expect(isFilePath(path)).toBe(false)
    expect(() => parseFilePath(path)).toThrow(expect.objectContaining({ reason: 'INVALID_PATH' }))
  })

  test.each([
    ['part1.wim', '"hd<N>/<name>" such as hd0/part1.winpe.wim'],
    ['hd01/a', 'a disk from hd0 to hd999, without leading zeros'],
    [`hd0/${'a'.repeat(129)}`, 'a name of at most 128 characters'],
    ['hd0/a b', 'a name of letters, digits, "+", "_", "." and "-" that begins with none of the last two'],
    ['hd0/a.', 'a name that does not end with a dot'],
    ['hd0/con.wim', 'a name that is no device of Windows'],
  ])('says what is wrong with %j', (path, expected) => {
    expect(() => parseFilePath(path)).toThrow(`path: expected ${expected}, found ${JSON.stringify(path)}`)
  })
})
