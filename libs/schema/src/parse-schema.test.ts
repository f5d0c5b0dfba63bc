import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DomainError } from '@goldkeep/domain'
import { maxOddities, parseSchema } from './index.js'

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
const refusal = (input: Uint8Array): DomainError => {
  try {
    parseSchema(input)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('a schema', () => {
  test('of a WinPE client is read, whatever the case of its keys', () => {
    const drive = { Name: '0', SIZE: '1000', LBS: '4096', Table: 'GPT', Partitions: [] as unknown[] }
    drive.Partitions.push({ NUMBER: '3', FsType: 'NTFS', UsedMB: '41232', Type: 'Basic' })
    expect(parseSchema(bytes({ HardDrives: [drive] })).drives).toEqual([
      {
        index: 0,
        name: '0',
        sizeSectors: 1000,
        sectorBytes: 4096,
        table: 'gpt',
        active: true,
        partitions: [{ number: '3', usedMiB: 41232, type: 'Basic', fsType: 'NTFS', fsId: '', active: true }],
      },
    ])
  })

  test('may have numbers and booleans without quotes', () => {
    const partition = { number: 2, usedmb: 17, active: false }
    const { drives } = parseSchema(bytes({ harddrives: [{ active: true, partitions: [partition] }] }))
    expect(drives[0]?.partitions[0]).toMatchObject({ number: '2', usedMiB: 17, active: false })
  })

  test('of two keys that differ in case takes the last, as legacy readers do', () => {
    const text = '{"harddrives":[{"name":"a","NAME":"b"}]}'
    expect(parseSchema(Buffer.from(text)).drives[0]?.name).toBe('b')
  })

  test('with a byte-order mark is read', () => {
    expect(parseSchema(Buffer.from('\ufeff{"harddrives":[]}')).drives).toEqual([])
  })

  test('with an unnamed volume group has none', () => {
    const partition = { number: '1', volumegroup: {} }
    const { drives } = parseSchema(bytes({ harddrives: [{ partitions: [partition] }] }))
    expect(drives[0]?.partitions[0]).not.toHaveProperty('volumeGroup')
  })

  test('tells which of its sizes are no numbers, and not without end', () => {
    const partitions = Array.from({ length: 100 }, (_, index) => ({ number: String(index), size: 'big' }))
    const { oddities } = parseSchema(bytes({ harddrives: [{ partitions }] }))
    expect(oddities).toHaveLength(maxOddities)
    expect(oddities[0]).toMatch(/^harddrives\[0\].partitions\[0\].size .*: expected a number, found "big"$/)
  })
})

describe('a schema is refused', () => {
  test.each([
    ['not JSON', Buffer.from('<schema/>'), /expected a value, found `<` at line 1, column 1/],
    ['empty', Buffer.alloc(0), /found nothing/],
    ['UTF-16', Buffer.from([0xff, 0xfe, 0x00]), /found UTF-16/],
    ['no object', bytes([1]), /schema: expected an object, found a list/],
    ['no drives', bytes({}), /harddrives: expected a list of drives, found nothing/],
    ['drives that are no list', bytes({ harddrives: {} }), /expected a list of drives/],
    [
      'a partition without a number',
      bytes({ harddrives: [{ partitions: [{}] }] }),
      /number \(partition entry 1 of disk 0\): expected/,
    ],
    ['a number that is a path', bytes({ harddrives: [{ partitions: [{ number: '../1' }] }] }), /number/],
    [
      'an object for a name',
      bytes({ harddrives: [{ name: {} }] }),
      /name \(disk 0\): expected a string, found an/,
    ],
    ['too many drives', bytes({ harddrives: Array.from({ length: 300 }, () => ({})) }), /at most 256/],
    ['too large', Buffer.alloc(5 * 1024 * 1024, ' '), /at most 1048576 bytes/],
    ['nested deeply', Buffer.from(`{"harddrives":${'['.repeat(1_000_000)}`), /levels of nesting/],
  ])('when it is %s', (_what, input, message) => {
    expect(refusal(input)).toMatchObject({
      reason: 'INVALID_SCHEMA',
      message: expect.stringMatching(message),
    })
  })

  test('with what was expected and found for programs', () => {
    expect(refusal(bytes({ harddrives: [{ partitions: [{ number: 'x' }] }] })).metadata).toEqual({
      field: 'harddrives[0].partitions[0].number',
      expected: 'a partition number',
      found: '"x"',
    })
  })
})

describe('hostile input', () => {
  test('does not reach prototypes', () => {
    const text = '{"__proto__":{"harddrives":[]},"harddrives":[{"__proto__":{"name":"evil"},"name":"0"}]}'
    expect(parseSchema(Buffer.from(text)).drives[0]?.name).toBe('0')
    expect(({} as { name?: string }).name).toBeUndefined()
    expect(refusal(Buffer.from('{"__proto__":{"harddrives":[]}}')).reason).toBe('INVALID_SCHEMA')
  })

  test('of any JSON is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue({ maxDepth: 4 }), (any, drive) => {
        for (const input of [any, { harddrives: [drive] }, { harddrives: [{ partitions: [drive] }] }]) {
          try {
            parseSchema(bytes(input))
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError)
          }
        }
      }),
    )
  })

  test('of any bytes is refused or read, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        try {
          parseSchema(input)
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError)
        }
      }),
    )
  })
})
