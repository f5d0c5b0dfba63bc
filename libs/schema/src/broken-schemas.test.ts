import { DomainError } from '@goldkeep/domain'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findSchemaProblems, parseSchema } from './index.js'
import { scanJson } from './scan-json.js'

const whole = JSON.stringify({ harddrives: [{ name: '0', partitions: [{ number: '1', size: '20' }] }] })

function refusal(bytes: Uint8Array | string): string {
  try {
    parseSchema(Buffer.from(bytes))
  } catch (error) {
    if (error instanceof DomainError) return error.message
    throw error
  }
  throw new Error('expected a refusal, found a schema')
}

describe('a broken schema is refused with the place where it breaks:', () => {
  test.each([
    [
      'cut short',
      whole.slice(0, -3),
      'expected `,` or `}`, found the end of the file, as when it was cut short at line 1, column 69',
    ],
    [
      'cut within a text',
      '{"harddrives',
      'expected the end of a string: `"`, found the end of the file, as when it was cut short at line 1, column 13',
    ],
    [
      'with a second document',
      `${whole}\n${whole}`,
      'expected the end of the schema, found a second document at line 2, column 1',
    ],
    ['with other text behind', `${whole};`, 'expected the end of the schema, found `;` at line 1, column 72'],
    ['with a NUL behind', `${whole}\0`, 'expected the end of the schema, found a NUL at line 1, column 72'],
    [
      'with a NUL within',
      '{"hard\0drives":[]}',
      'expected the end of a string: `"`, found a NUL at line 1, column 7',
    ],
    [
      'with a comma too many',
      '{"harddrives":[],}',
      'expected a key in double quotes, found `}` at line 1, column 18',
    ],
    ['with a comma too few', '{"a":1 "b":2}', 'expected `,` or `}`, found `"` at line 1, column 8'],
    [
      'with single quotes',
      "{'harddrives':[]}",
      "expected a key in double quotes, found `'` at line 1, column 2",
    ],
    ['without a colon', '{"harddrives" []}', 'expected `:` behind the key, found `[` at line 1, column 15'],
    [
      'on its second line',
      '{\n"harddrives":[nothing]}',
      'expected a value, found "nothing" at line 2, column 15',
    ],
    [
      'with a line break in a text',
      '{"harddrives":"a\nb"}',
      'expected the end of a string: `"`, found the end of the line at line 1, column 17',
    ],
    [
      'with a Windows path',
      String.raw`{"name":"C:\disk"}`,
      'expected an escape such as `\\\\`, `\\"` or `\\n`, found `\\` at line 1, column 12',
    ],
    [
      'with a number that begins with 0',
      '{"size":012}',
      'expected the end of a number, found `1` at line 1, column 10',
    ],
  ])('%s', (_what, text, message) => {
    expect(refusal(text)).toBe(`schema: ${message}`)
  })

  test.each([
    [
      'harddrives[0].partitions[2].number (partition entry 3 of disk 0)',
      { partitions: [{ number: 1 }, { number: 2 }, { number: 'C:' }] },
    ],
    ['harddrives[0].size (disk 0)', { size: [] }],
  ])('in %s', (place, drive) => {
    expect(refusal(JSON.stringify({ harddrives: [drive] }))).toContain(`${place}: expected`)
  })
})

describe('an encoding is told by its name:', () => {
  const utf16 = Buffer.from(whole, 'utf16le')
  test.each([
    ['UTF-16 (little-endian, by its byte order mark)', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    [
      'UTF-16 (big-endian, by its byte order mark)',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
    ],
    ['UTF-16 (little-endian, without a byte order mark)', utf16],
    ['UTF-16 (big-endian, without a byte order mark)', Buffer.from(utf16).swap16()],
    ['gzip data', Buffer.from('1f8b0800', 'hex')],
    [
      'the byte 0xE4 at line 1, column 11, which is not UTF-8; in Windows-1252 it is "ä"',
      Buffer.from('{"name":"H\xe4ckel"}', 'latin1'),
    ],
  ])('%s', (found, bytes) => {
    expect(refusal(bytes)).toBe(`schema: expected one line of JSON in UTF-8, found ${found}`)
  })
})

test.each([
  [
    'as it is',
    '{"harddrives":[{"name":"0"}],"harddrives":[{"partitions":[]}]}',
    '"harddrives" at line 1, column 30',
  ],
  [
    'in another case',
    '{"harddrives":[{"partitions":[],"Partitions":[]}]}',
    '"Partitions" at line 1, column 33',
  ],
])('a key that is there twice, %s, is worth a warning with its place', (_what, text, found) => {
  const problems = findSchemaProblems(parseSchema(Buffer.from(text)))
  expect(problems).toContainEqual(
    expect.objectContaining({ verdict: 'WARN', expected: 'each key once', found }),
  )
})

test('the reader takes what JSON.parse takes, and refuses what it refuses', () => {
  const pieces = fc.constantFrom(
    ...'{}[]:,"\\ \n\0-0123.eEtrufalsn\u00e4'.split(''),
    'true',
    'null',
    '"a"',
    '\\u00e4',
  )
  const text = fc.oneof(
    fc.json(),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.tuple(fc.json(), fc.nat(), pieces).map(([json, at, piece]) => {
      const place = at % (json.length + 1)
      return json.slice(0, place) + piece + json.slice(place + 1)
    }),
  )
  const accepts = (read: () => unknown): boolean => {
    try {
      read()
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(text, (input) => {
      expect(accepts(() => scanJson(input, 1_000))).toBe(accepts(() => JSON.parse(input)))
    }),
    { numRuns: 2_000 },
  )
})
