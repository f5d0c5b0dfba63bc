import { gzipSync } from 'node:zlib'
import { ffuImage, lz4, partcloneImage } from '../make-images.js'
import type { Captures } from './captures.js'
import { flip, inMetadataEntry, renamed, entryField } from './damage.js'
import { efiPath, windowsDisk, windowsOnly, windowsPath, winpeLayout } from './layouts.js'
import { brokenContent, brokenStructure, refusedAtSeal, refusedLater, valid, type Row } from './row.js'

const ordinary = { 'wim-structure': 'WARN' }
const nearlyNothing = { sizes: 'WARN', 'wim-metadata': 'WARN' }

/** What is there in place of the WIM of Windows. */
const inPlace = (make: (made: Captures) => Promise<Uint8Array> | Uint8Array): Pick<Row, 'of' | 'files'> => ({
  of: windowsOnly,
  files: async (made) => ({ [windowsPath]: await make(made) }),
})

const otherKinds: readonly (readonly [string, () => Uint8Array])[] = [
  ['lz4 data', () => lz4(partcloneImage())],
  ['gzip data', () => gzipSync(partcloneImage())],
  ['partclone data', () => partcloneImage()],
  ['a full flash update', () => ffuImage()],
  ['a web page', () => Buffer.from('<html>404 Not Found</html>'.repeat(2_000))],
  ['a ZIP archive', () => Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(60_000, 7)])],
]

/** Two partitions, the first of FAT and 2 MiB, the second with 300 MiB in use. */
const smallEfi = winpeLayout(
  { number: 1, type: 'System', fsType: 'FAT32', usedMiB: 1, sizeMiB: 2 },
  { number: 3, usedMiB: 300 },
)

/** WIM files that are whole, and not what is deployed; files that are no WIM. */
export const wrongWimRows: readonly Row[] = [
  ...otherKinds.map(([kind, make]): Row => ({
    name: `${kind} under the name of a WIM`,
    ...inPlace(make),
    gives: brokenStructure,
    ...refusedAtSeal,
    says: 'The file is not a WIM file.',
  })),
  {
    name: 'an empty file under the name of a WIM',
    ...inPlace(() => Buffer.alloc(0)),
    gives: { sizes: 'FAIL', 'wim-structure': 'SKIP', 'wim-metadata': 'SKIP', 'wim-content': 'SKIP' },
    ...refusedAtSeal,
    says: 'is empty',
  },
  {
    name: 'a delta of another WIM',
    ...inPlace((made) => made.delta()),
    gives: { ...nearlyNothing, ...ordinary, ...brokenContent },
    ...refusedLater,
    says: 'it is a delta and needs another WIM',
  },
  {
    name: 'a pipable delta of another WIM',
    ...inPlace((made) => made.delta('--pipable')),
    gives: { ...nearlyNothing, ...brokenContent },
    ...refusedLater,
    says: 'it is a delta and needs another WIM',
  },
  {
    name: 'an image of which the metadata is damaged, and its hash as well',
    ...inPlace(async (made) => flip(inMetadataEntry(entryField.sha1))(await made.form('none'))),
    gives: { ...ordinary, ...brokenContent },
    ...refusedLater,
    says: 'damaged',
  },
  {
    name: 'a file with the name ..',
    ...inPlace(async (made) => renamed(await made.named('xy'), 'xy', '..')),
    gives: { ...nearlyNothing, ...ordinary, ...brokenContent },
    ...refusedLater,
    wimlib: 'takes',
    says: 'The image has files that a deployment leaves out.',
  },
  {
    name: 'two files of one name',
    ...inPlace(async (made) => renamed(await made.form('none'), 'random.bin', 'notes.txt\0')),
    gives: { ...ordinary, ...brokenContent },
    ...refusedLater,
    wimlib: 'takes',
    says: 'The image has files that a deployment leaves out.',
  },
  {
    name: 'a NUL in the name of a file',
    ...inPlace(async (made) => renamed(await made.form('none'), 'random.bin', 'rand\0m.bin')),
    gives: { ...ordinary, ...brokenContent },
    ...refusedLater,
    wimlib: 'takes',
    says: 'The image has files that a deployment leaves out.',
  },
  {
    name: 'a control character in the name of a file',
    ...inPlace(async (made) => renamed(await made.form('none'), 'random.bin', 'rand\u0007m.bin')),
    gives: { ...ordinary, 'wim-content': 'WARN' },
    ...valid,
    says: 'control characters',
  },
  {
    name: 'the WIM files of EFI and Windows exchanged',
    of: smallEfi,
    files: async (made) => ({
      [efiPath]: await made.random(4_000_000),
      [windowsPath]: await made.random(40_000),
    }),
    gives: { sizes: 'WARN', 'wim-metadata': 'FAIL', 'wim-content': 'SKIP' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says: 'The image holds more than its partition has room for',
  },
  {
    name: 'more on an NTFS partition than it has room for, as with compressed or sparse files',
    of: winpeLayout({ number: 3, usedMiB: 1, sizeMiB: 2 }),
    files: async (made) => ({ [windowsPath]: await made.random(4_000_000) }),
    gives: { 'wim-metadata': 'WARN' },
    ...valid,
    says: 'The image holds more than its partition has room for',
  },
  {
    name: 'the Windows WIM twice, also as that of EFI, which has room for it',
    of: windowsDisk,
    files: async (made) => ({
      [efiPath]: await made.form('pipable xpress'),
      [windowsPath]: await made.form('pipable xpress'),
    }),
    gives: {},
    ...valid,
  },
]
