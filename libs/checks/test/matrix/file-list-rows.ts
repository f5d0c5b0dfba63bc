import { gzipSync } from 'node:zlib'
import { lz4, partcloneImage, partitionTable } from '../make-images.js'
import {
  efiPath,
  linuxDisk,
  linuxDiskWithWholeVolume,
  linuxLayout,
  rootVolume,
  windowsDisk,
  windowsDiskAsBlocks,
  windowsOnly,
  windowsPath,
  winpeLayout,
} from './layouts.js'
import { refusedAtSeal, valid, type Files, type Row } from './row.js'
import type { Captures } from './captures.js'

/** The files of a Linux capture with LVM; `undefined` leaves one out. */
function linuxFiles(changes: Readonly<Record<string, Uint8Array | undefined>> = {}): Files {
  const image = (fileSystem: string): Buffer => partcloneImage({ fileSystem })
  const files: Record<string, Uint8Array | undefined> = {
    'hd0/table': partitionTable(),
    'hd0/part1.fat.lz4': lz4(image('FAT32')),
    'hd0/part2.extfs.gz': gzipSync(image('EXTFS')),
    'hd0/vg0-root.extfs.lz4': lz4(image('EXTFS')),
    'hd0/vg0-home.xfs.uncp': image('XFS'),
    'hd0/part5.imager.wim': lz4(image('BTRFS')),
    ...changes,
  }
  return Object.fromEntries(Object.entries(files).flatMap(([path, bytes]) => (bytes ? [[path, bytes]] : [])))
}

const rootImage = (): Buffer => lz4(partcloneImage({ fileSystem: 'EXTFS' }))
/** Of partclone data under the name `imager.wim`, which is no WIM. */
const imager = { 'wim-structure': 'SKIP', 'wim-metadata': 'SKIP', 'wim-content': 'SKIP' }
const wrongList = { gives: { ...imager, 'files-match-schema': 'FAIL' }, ...refusedAtSeal }
const oddList = { gives: { ...imager, 'files-match-schema': 'WARN' }, ...valid }

const linuxRows: readonly Row[] = (
  [
    { name: 'as the client makes it', of: linuxDisk, files: () => linuxFiles(), gives: imager, ...valid },
    {
      name: 'with the physical volume beside its logical ones',
      of: linuxDiskWithWholeVolume,
      files: () => linuxFiles({ 'hd0/part4.imager.lz4': lz4(Buffer.alloc(1024 * 1024, 5)) }),
      gives: imager,
      ...valid,
    },
    {
      name: 'without the physical volume that was to be captured whole',
      of: linuxDiskWithWholeVolume,
      files: () => linuxFiles(),
      ...wrongList,
      says: 'The schema calls for hd0/part4.imager.*',
    },
    {
      name: 'without a logical volume',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/vg0-root.extfs.lz4': undefined }),
      ...wrongList,
      says: 'The schema calls for hd0/vg0-root.extfs.*',
    },
    {
      name: 'without the table',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/table': undefined }),
      ...wrongList,
      says: 'The schema calls for hd0/table',
    },
    {
      name: 'with an empty table',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/table': Buffer.alloc(0) }),
      gives: { ...imager, sizes: 'FAIL' },
      ...refusedAtSeal,
      says: 'hd0/table is empty.',
    },
    {
      name: 'with an error page in place of the table',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/table': Buffer.from('<html>502 Bad Gateway</html>'.padEnd(512)) }),
      gives: { ...imager, 'block-image': 'WARN PASS' },
      ...valid,
      says: 'hd0/table does not begin with a partition table.',
    },
    {
      name: 'with a logical volume that the schema does not have',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/vg1-data.extfs.lz4': rootImage() }),
      ...oddList,
      says: 'The schema does not call for hd0/vg1-data.extfs.lz4.',
    },
    {
      name: 'with the dump of swap',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/part3.imager.lz4': lz4(Buffer.alloc(1024 * 1024, 5)) }),
      ...oddList,
      says: 'The schema does not call for hd0/part3.imager.lz4.',
    },
    {
      name: 'with a physical volume without a group',
      of: linuxLayout({ partitions: [{ number: '6', fsid: '8e', fstype: 'LVM2_member', volumegroup: {} }] }),
      files: () => linuxFiles(),
      ...wrongList,
      says: 'The schema calls for hd0/part6.imager.*',
    },
    {
      name: 'with two logical volumes of one name',
      of: linuxLayout({ volumes: [rootVolume, { ...rootVolume, fstype: 'ext3' }] }),
      files: () => linuxFiles({ 'hd0/vg0-home.xfs.uncp': undefined }),
      ...wrongList,
      says: 'one file cannot hold both',
    },
    {
      name: 'with a stale file of another file system',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/part2.ntfs.lz4': lz4(partcloneImage()) }),
      ...wrongList,
      says: 'is of another file system than the schema says',
    },
    {
      name: 'with a stale file of another packing',
      of: linuxDisk,
      files: () => linuxFiles({ 'hd0/vg0-root.extfs.gz': gzipSync(partcloneImage({ fileSystem: 'EXTFS' })) }),
      ...wrongList,
      says: 'Several files for disk 0, volume vg0-root',
    },
    {
      name: 'with a file that was not copied to its end',
      of: linuxDisk,
      files: () =>
        linuxFiles({ 'hd0/vg0-root.extfs.lz4': undefined, 'hd0/vg0-root.extfs.lz4.filepart': rootImage() }),
      ...wrongList,
      says: 'a name that no client makes',
    },
    {
      name: 'of a disk that is called by another name',
      of: linuxDisk,
      files: () =>
        Object.fromEntries(
          Object.entries(linuxFiles()).map(([path, bytes]) => [path.replace('hd0', 'hd1'), bytes]),
        ),
      gives: { ...imager, 'files-match-schema': 'FAIL WARN' },
      ...refusedAtSeal,
      says: 'The schema calls for hd0/table',
    },
  ] satisfies Row[]
).map((row) => ({ ...row, name: `a Linux capture ${row.name}` }))

const whole = (made: Captures): Promise<Buffer> => made.form('pipable xpress')
const locked = { number: 4, fsType: '', sizeMiB: 200_000 }

const winpeRows: readonly Row[] = (
  [
    {
      name: 'without the Windows partition',
      of: windowsDisk,
      files: async (made) => ({ [efiPath]: await made.random(40_000) }),
      gives: { 'files-match-schema': 'FAIL' },
      ...refusedAtSeal,
      wimlib: 'takes',
      says: 'The schema calls for hd0/part3.winpe.wim',
    },
    {
      name: 'without any file',
      of: windowsDisk,
      files: () => ({}),
      gives: { 'files-match-schema': 'FAIL' },
      ...refusedAtSeal,
      says: 'There is no file of any disk',
    },
    {
      name: 'of the schema only',
      of: { ...windowsDisk, capture: { ...windowsDisk.capture, schemaOnly: true } },
      files: () => ({}),
      gives: {},
      ...valid,
    },
    {
      name: 'with the WIM of a partition that the schema does not have',
      of: windowsOnly,
      files: async (made) => ({ [windowsPath]: await whole(made), 'hd0/part9.winpe.wim': await whole(made) }),
      gives: { 'files-match-schema': 'WARN' },
      ...valid,
      says: 'The schema does not call for hd0/part9.winpe.wim.',
    },
    {
      name: 'with a damaged WIM that the schema does not call for',
      of: windowsOnly,
      files: async (made) => ({
        [windowsPath]: await whole(made),
        'hd0/part9.winpe.wim': (await whole(made)).subarray(0, -1),
      }),
      gives: {
        'files-match-schema': 'WARN',
        'wim-structure': 'FAIL PASS',
        'wim-metadata': 'SKIP PASS',
        'wim-content': 'SKIP PASS',
      },
      ...refusedAtSeal,
      says: 'The file is cut or damaged',
    },
    {
      name: 'with a backup beside the WIM',
      of: windowsOnly,
      files: async (made) => ({
        [windowsPath]: await whole(made),
        [`${windowsPath}.bak`]: await whole(made),
      }),
      gives: { 'files-match-schema': 'FAIL' },
      ...refusedAtSeal,
      wimlib: 'takes',
      says: 'a name that no client makes',
    },
    {
      name: 'with a large partition that nobody captured',
      of: winpeLayout({ number: 3, usedMiB: 1, sizeMiB: 64 }, locked),
      files: async (made) => ({ [windowsPath]: await whole(made) }),
      gives: { 'files-match-schema': 'WARN' },
      ...valid,
      says: 'as a locked BitLocker volume or a raw partition has none',
    },
    {
      name: 'with files in place of the FFU that was to be made',
      of: windowsDiskAsBlocks,
      files: async (made) => ({ [windowsPath]: await whole(made) }),
      gives: { 'files-match-schema': 'FAIL WARN' },
      ...refusedAtSeal,
      wimlib: 'takes',
      says: 'The schema calls for hd0/disk.ffu',
    },
  ] satisfies Row[]
).map((row) => ({ ...row, name: `a WinPE capture ${row.name}` }))

/** Versions whose files are not those that the schema calls for. */
export const fileListRows: readonly Row[] = [...linuxRows, ...winpeRows]
