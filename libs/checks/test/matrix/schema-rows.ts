import { gzipSync } from 'node:zlib'
import { windowsOnly, windowsPath } from './layouts.js'
import { refusedAtSeal, valid, type Row } from './row.js'

const text = Buffer.from(windowsOnly.schema).toString()
const utf16 = Buffer.from(text, 'utf16le')

type Change = (schema: string) => string | Buffer

/** `[name, change, message]` of schemas that cannot be read: nobody can say which files belong to them. */
const unreadable: readonly (readonly [string, Change, string])[] = [
  ['nothing', () => '', 'expected one line of JSON, found nothing'],
  ['white space', () => ' \n ', 'expected one line of JSON, found nothing'],
  ['XML', () => '<schema/>', 'expected a value'],
  ['cut to half', (schema) => schema.slice(0, schema.length >> 1), 'the end of the file, as when it was cut'],
  ['cut by its last letter', (schema) => schema.slice(0, -1), 'the end of the file, as when it was cut'],
  ['a second document', (schema) => `${schema}\n${schema}`, 'a second document at line 2, column 1'],
  ['letters behind it', (schema) => `${schema} x`, 'the end of the schema'],
  ['a NUL behind it', (schema) => `${schema}\0`, 'a NUL at line 1'],
  ['a NUL in a name', (schema) => schema.replace('Basic', 'Bas\0c'), 'a NUL at line 1'],
  ['a comma too many', (schema) => schema.replace('}]', '},]'), 'expected a value'],
  ['single quotes', (schema) => schema.replaceAll('"', "'"), 'a key in double quotes'],
  [
    'a line break in a string',
    (schema) => schema.replace('Basic', 'Bas\nic'),
    'the end of the line at line 1',
  ],
  ['a wrong escape', (schema) => schema.replace('Basic', String.raw`B\asic`), 'an escape such as'],
  ['UTF-16 with its mark', () => Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'UTF-16 (little-endian'],
  ['UTF-16 without its mark', () => utf16, 'UTF-16 (little-endian, without'],
  ['big-endian UTF-16', () => Buffer.from(utf16).swap16(), 'UTF-16 (big-endian, without'],
  [
    'Windows-1252',
    (schema) => Buffer.from(schema.replace('Basic', 'B\u00e4sic'), 'latin1'),
    'the byte 0xE4 at line 1',
  ],
  ['gzip data', (schema) => gzipSync(schema), 'gzip data'],
  ['a list', (schema) => `[${schema}]`, 'expected an object'],
  ['no list of drives', () => '{"disks":[]}', 'expected a list of drives, found nothing'],
  ['an object in place of the drives', () => '{"harddrives":{}}', 'expected a list of drives, found no list'],
  ['a text in place of a drive', () => '{"harddrives":["/dev/sda"]}', 'expected an object'],
  ['a number in place of the partitions', () => '{"harddrives":[{"partitions":3}]}', 'expected a list'],
  [
    'a partition without a number',
    (schema) => schema.replace('"number":"3"', '"number":""'),
    'a partition number',
  ],
  [
    'a list in place of a size',
    (schema) => schema.replace('"volumesize":"64"', '"volumesize":[]'),
    'expected a string, found a list',
  ],
  ['40 levels', () => `${'['.repeat(40)}${']'.repeat(40)}`, 'levels of nesting'],
  [
    'a megabyte of spaces behind it',
    (schema) => schema.padEnd(1024 * 1024 + 1),
    'expected at most 1048576 bytes',
  ],
]

/** `[name, change, message]` of schemas that can be read, and that somebody should look at. */
const odd: readonly (readonly [string, Change, string])[] = [
  ['a byte order mark', (schema) => `\ufeff${schema}`, 'begins with a byte order mark'],
  ['several lines', (schema) => JSON.stringify(JSON.parse(schema), undefined, 2), 'has several lines'],
  ['a key twice', (schema) => schema.replace('"number"', '"number":"9","number"'), 'A key is there twice'],
  [
    'a key twice in another case',
    (schema) => schema.replace('"number"', '"NUMBER":"9","number"'),
    'A key is there twice',
  ],
  [
    'a size that is no number',
    (schema) => schema.replace('"volumesize":"64"', '"volumesize":"64G"'),
    'Unreadable size',
  ],
  ['a size below zero', (schema) => schema.replace('"usedmb":"1"', '"usedmb":"-1"'), 'Unreadable size'],
  [
    'a partition that is larger than its disk',
    (schema) => schema.replace('"size":"131072"', '"size":"999999999"'),
    'is larger than its disk',
  ],
  [
    'more in use than there is room for',
    (schema) => schema.replace('"usedmb":"1"', '"usedmb":"9000"'),
    'holds more than its size',
  ],
]

const sound: readonly (readonly [string, Change])[] = [
  ['a line end', (schema) => `${schema}\r\n`],
  ['keys in capitals', (schema) => schema.replace('harddrives', 'HardDrives').replace('fsType', 'FSTYPE')],
  ['numbers without quotes', (schema) => schema.replace('"number":"3"', '"number":3')],
  [
    'keys that nobody knows',
    (schema) => schema.replace('"number"', '"__proto__":{"x":1},"colour":"red","number"'),
  ],
  ['letters beyond ASCII', (schema) => schema.replace('"name":"0"', '"name":"Größe Ω"')],
]

const withSchema = (name: string, change: Change): Pick<Row, 'name' | 'of' | 'files'> => ({
  name: `schema: ${name}`,
  of: { ...windowsOnly, schema: Buffer.from(change(text)) },
  files: async (made) => ({ [windowsPath]: await made.form('pipable xpress') }),
})

/** Good files beside every kind of schema. */
export const schemaRows: readonly Row[] = [
  ...unreadable.map(([name, change, says]): Row => ({
    ...withSchema(name, change),
    gives: { 'schema-sound': 'FAIL', 'files-match-schema': 'SKIP' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says,
  })),
  {
    ...withSchema('no drive', () => '{"harddrives":[]}'),
    gives: { 'schema-sound': 'FAIL', 'files-match-schema': 'WARN' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says: 'The schema describes no drive.',
  },
  {
    ...withSchema('a drive without a partition', () => '{"harddrives":[{"name":"0"}]}'),
    gives: { 'schema-sound': 'WARN', 'files-match-schema': 'WARN' },
    ...valid,
    says: 'No drive of the schema has a partition.',
  },
  {
    ...withSchema('a partition twice', (schema) => {
      const { harddrives } = JSON.parse(schema) as { harddrives: { partitions: object[] }[] }
      for (const drive of harddrives) drive.partitions.push(...drive.partitions)
      return JSON.stringify({ harddrives })
    }),
    gives: { 'schema-sound': 'WARN', 'files-match-schema': 'FAIL', 'wim-content': 'SKIP' },
    ...refusedAtSeal,
    wimlib: 'takes',
    says: 'one file cannot hold both',
  },
  ...odd.map(([name, change, says]): Row => ({
    ...withSchema(name, change),
    gives: { 'schema-sound': 'WARN' },
    ...valid,
    says,
  })),
  ...sound.map(([name, change]): Row => ({ ...withSchema(name, change), gives: {}, ...valid })),
]
