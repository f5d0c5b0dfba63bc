import { describe, expect, test } from '@jest/globals'
import type { Capture } from '@goldkeep/domain'
import { expectedFiles, parseSchema, type ExpectedFile } from './index.js'

const winpe: Capture = {
  environment: 'winpe',
  type: 'file',
  schemaOnly: false,
  skipLvmShrink: false,
  customSchema: false,
}
const linux: Capture = { ...winpe, environment: 'linux', type: 'block' }

const filesOf = (capture: Capture, ...drives: object[]): ExpectedFile[] =>
  expectedFiles(parseSchema(Buffer.from(JSON.stringify({ harddrives: drives }))), capture)
const patterns = (files: readonly ExpectedFile[]): string[] => files.map(({ pattern }) => pattern)

const windowsDrive = {
  name: '0',
  partitions: [
    { number: '1', type: 'System', fsType: 'FAT32', usedmb: '30' },
    { number: '2', type: 'Reserved', fsType: '' },
    { number: '3', type: 'Basic', fsType: 'NTFS', usedmb: '41232' },
    { number: '4', type: 'Recovery', fsType: 'NTFS', usedmb: '600' },
    { number: '5', type: 'Basic', fsType: '' },
  ],
}

describe('a WinPE capture', () => {
  test('of files has one WIM for each partition that could get a drive letter', () => {
    const files = filesOf(winpe, windowsDrive)
    expect(patterns(files)).toEqual(['hd0/part1.winpe.wim', 'hd0/part3.winpe.wim', 'hd0/part4.winpe.wim'])
    expect(files[1]).toMatchObject({
      description: 'disk 0, partition 3, NTFS, 41,232 MiB used',
      usedMiB: 41232,
    })
  })

  test('of blocks has one FFU for each disk, which holds what all its partitions held', () => {
    const files = filesOf({ ...winpe, type: 'block' }, windowsDrive, windowsDrive)
    expect(patterns(files)).toEqual(['hd0/disk.ffu', 'hd1/disk.ffu'])
    expect(files[0]).toMatchObject({ description: 'disk 0, the whole disk', usedMiB: 41862 })
  })

  test('of both has both', () => {
    expect(patterns(filesOf({ ...winpe, type: 'both' }, windowsDrive))).toEqual([
      'hd0/disk.ffu',
      'hd0/part1.winpe.wim',
      'hd0/part3.winpe.wim',
      'hd0/part4.winpe.wim',
    ])
  })

  test('may lack a partition that a custom schema switched off', () => {
    const partitions = [{ number: '1', type: 'Basic', fsType: 'NTFS', active: 'False' }]
    expect(filesOf(winpe, { partitions })[0]).toMatchObject({ optional: true })
  })
})

describe('a Linux capture', () => {
  const partition = (number: string, fsType: string, more: object = {}) => ({
    number,
    fsType,
    active: 'true',
    ...more,
  })

  test('has the table, and a file for each partition but swap, named by its file system', () => {
    const partitions = [
      partition('1', 'vfat'),
      partition('2', 'ext4'),
      partition('3', 'swap'),
      partition('4', 'NTFS'),
      partition('5', 'xfs'),
      partition('6', 'hfsplus'),
      partition('7', 'btrfs'),
      partition('8', ''),
      partition('9', 'ext4', { active: 'false' }),
    ]
    expect(patterns(filesOf(linux, { partitions }))).toEqual([
      'hd0/table',
      'hd0/part1.fat.*',
      'hd0/part2.extfs.*',
      'hd0/part4.ntfs.*',
      'hd0/part5.xfs.*',
      'hd0/part6.hfsp.*',
      'hd0/part7.imager.*',
      'hd0/part8.imager.*',
    ])
  })

  test('may have the dump of an extended partition', () => {
    const files = filesOf(linux, { partitions: [partition('2', '', { type: 'Extended' })] })
    expect(files[1]).toMatchObject({ pattern: 'hd0/part2.imager.*', optional: true })
  })

  test('takes any compression, and only of its own partition', () => {
    const file = filesOf(linux, { partitions: [partition('3', 'ntfs')] })[1]
    expect(file?.matches('hd0/part3.ntfs.lz4')).toBe(true)
    expect(file?.matches('hd0/part3.ntfs.wim')).toBe(true)
    expect(file?.matches('hd0/part3.ntfs.')).toBe(false)
    expect(file?.matches('hd0/part33.ntfs.lz4')).toBe(false)
    expect(file?.matches('hd1/part3.ntfs.lz4')).toBe(false)
  })

  const physical = partition('2', 'LVM2_member', {
    fsid: '8E00',
    volumegroup: {
      name: 'vg0',
      logicalvolumes: [
        { name: 'root', fstype: 'ext4', usedmb: '8120', active: 'true' },
        { name: 'swap', fstype: 'swap', active: 'true' },
        { name: 'old', fstype: 'ext4', active: 'false' },
      ],
    },
  })

  test('has the logical volumes in place of their physical volume', () => {
    const files = filesOf(linux, { partitions: [physical] })
    expect(patterns(files)).toEqual(['hd0/table', 'hd0/vg0-root.extfs.*'])
    expect(files[1]?.description).toBe('disk 0, volume vg0-root, ext4, 8,120 MiB used')
  })

  test('that skips the shrinking of LVM has the physical volume as well', () => {
    expect(patterns(filesOf({ ...linux, skipLvmShrink: true }, { partitions: [physical] }))).toEqual([
      'hd0/table',
      'hd0/part2.imager.*',
      'hd0/vg0-root.extfs.*',
    ])
  })

  test('of a physical volume without a group is a partition like any other', () => {
    const lone = partition('1', 'LVM2_member', { fsid: '8e', volumegroup: {} })
    expect(patterns(filesOf(linux, { partitions: [lone] }))).toEqual(['hd0/table', 'hd0/part1.imager.*'])
  })

  test('has nothing of a disk that is switched off', () => {
    expect(filesOf(linux, { active: 'false', partitions: [partition('1', 'ext4')] })).toEqual([])
  })
})

test('a capture of the schema only calls for no file', () => {
  expect(filesOf({ ...winpe, schemaOnly: true }, windowsDrive)).toEqual([])
})
