import { describe, expect, test } from '@jest/globals'
import { isPlaceholder, parseMac, parseUuid } from './machine.js'

describe('a MAC address', () => {
  test.each([
    '00:1A:2B:3C:4D:5E',
    '00-1a-2b-3c-4d-5e',
    '00 1a 2b 3c 4d 5e',
    '001a.2b3c.4d5e',
    '001a:2b3c:4d5e',
    '001a2b-3c4d5e',
    '001a2b3c4d5e',
    ' 001A2B3C4D5E\n',
  ])('is read from %j', (text) => expect(parseMac(text)).toBe('001a2b3c4d5e'))

  test.each(['001a2b3c4d5', '001a2b3c4d5e6', '00:1a:2b-3c:4d:5e', '00:1a:2b:3c:4d', 'PF2ABC12', ''])(
    'is not read from %j',
    (text) => expect(parseMac(text)).toBeUndefined(),
  )
})

describe('a UUID', () => {
  test.each([
    '4C4C4544-0042-3510-8052-B4C04F4E3232',
    '{4c4c4544-0042-3510-8052-b4c04f4e3232}',
    '4c4c4544004235108052b4c04f4e3232',
    'urn:uuid:4c4c4544-0042-3510-8052-b4c04f4e3232',
  ])('is read from %j', (text) => expect(parseUuid(text)).toBe('4c4c4544004235108052b4c04f4e3232'))

  test.each([
    '{4c4c4544-0042-3510-8052-b4c04f4e3232',
    '4c4c4544-0042-3510-8052-b4c04f4e323',
    'x'.repeat(32),
    '',
  ])('is not read from %j', (text) => expect(parseUuid(text)).toBeUndefined())
})

test.each(['To be filled by O.E.M.', 'Not Settable', ' N/A ', '0000000', 'Default string', ''])(
  '%j says nothing of a machine',
  (text) => expect(isPlaceholder(text)).toBe(true),
)

test('a serial of its own is no placeholder', () => expect(isPlaceholder('PF2ABC12')).toBe(false))
