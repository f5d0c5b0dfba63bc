import { everyForm } from '../wim-forms.js'
import { inEachForm } from './damaged-wims.js'
import { efiPath, windowsDisk, windowsDiskAsBoth, windowsInUse, windowsOnly, windowsPath } from './layouts.js'
import { ffuImage } from '../make-images.js'
import { refusedAtSeal, valid, type Row } from './row.js'

const guid = Buffer.from('{0A1B2C3D-0000-4000-8000-000000000001}')

/** Sound captures; none of them may be INVALID. */
export const wholeWimRows: readonly Row[] = [
  ...inEachForm([
    { name: 'as wimlib writes it', forms: everyForm, damage: (wim) => wim, gives: {}, ...valid },
  ]),
  {
    name: 'a PC with EFI and Windows partitions',
    of: windowsDisk,
    files: async (made) => ({
      [efiPath]: await made.random(40_000),
      [windowsPath]: await made.form('pipable xpress'),
      guid,
    }),
    gives: {},
    ...valid,
  },
  {
    name: 'a PC captured as files and as blocks',
    of: windowsDiskAsBoth,
    files: async (made) => ({
      'hd0/disk.ffu': ffuImage(),
      [efiPath]: await made.random(40_000),
      [windowsPath]: await made.form('pipable lzx'),
    }),
    gives: {},
    ...valid,
  },
  ...[
    ['--compress=LZX', '--chunk-size=2M'],
    ['--solid', '--solid-compress=LZX'],
  ].map((words): Row => ({
    name: `captured with ${words.join(' ')}`,
    of: windowsOnly,
    files: async (made) => ({ [windowsPath]: await made.mixed(...words) }),
    gives: { 'wim-structure': 'WARN' },
    ...valid,
  })),
  {
    name: 'captured with --pipable --compress=LZX --chunk-size=64K',
    of: windowsOnly,
    files: async (made) => ({
      [windowsPath]: await made.mixed('--pipable', '--compress=LZX', '--chunk-size=64K'),
    }),
    gives: {},
    ...valid,
  },
  {
    name: 'two images in one pipable file',
    of: windowsInUse(0),
    files: async (made) => ({ [windowsPath]: await made.twoImages('--pipable') }),
    gives: { 'wim-metadata': 'WARN' },
    ...valid,
    says: 'a share client, which names no image, cannot apply it',
  },
  {
    name: 'two images in one ordinary file',
    of: windowsInUse(0),
    files: async (made) => ({ [windowsPath]: await made.twoImages() }),
    gives: { 'wim-structure': 'WARN', 'wim-metadata': 'WARN' },
    ...valid,
    says: 'a share client, which names no image, cannot apply it',
  },
  {
    name: 'an empty tree where nobody knows what was in use',
    of: windowsInUse(0),
    files: async (made) => ({ [windowsPath]: await made.emptyTree('--compress=fast', '--pipable') }),
    gives: { 'wim-metadata': 'WARN' },
    ...valid,
    says: 'The image has no content of any file.',
  },
  {
    name: 'an empty tree where 300 MiB were in use',
    of: windowsInUse(300),
    files: async (made) => ({ [windowsPath]: await made.emptyTree('--compress=fast', '--pipable') }),
    gives: { sizes: 'WARN', 'wim-metadata': 'FAIL', 'wim-content': 'SKIP' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says: 'The image is empty, as when an empty directory was captured.',
  },
  {
    name: 'an ordinary empty tree where 40 GB were in use',
    of: windowsInUse(40_000),
    files: async (made) => ({ [windowsPath]: await made.emptyTree('--compress=none') }),
    gives: { sizes: 'WARN', 'wim-structure': 'WARN', 'wim-metadata': 'FAIL', 'wim-content': 'SKIP' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says: 'The image is empty, as when an empty directory was captured.',
  },
  {
    name: 'four small files where 40 GB were in use',
    of: windowsInUse(40_000),
    files: async (made) => ({ [windowsPath]: await made.random(40_000) }),
    gives: { sizes: 'WARN', 'wim-metadata': 'FAIL', 'wim-content': 'SKIP' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says: 'The image is nearly empty',
  },
  {
    name: 'less than was in use, and no more than may be',
    of: windowsInUse(300),
    files: async (made) => ({ [windowsPath]: await made.form('pipable none') }),
    gives: { sizes: 'WARN', 'wim-metadata': 'WARN' },
    ...valid,
    says: 'The image holds far less than was in use on the source.',
  },
]
