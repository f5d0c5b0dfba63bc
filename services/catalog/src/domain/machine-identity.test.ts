import { describe, expect, test } from '@jest/globals'
import {
  compareMachines,
  isIdentified,
  machineKeys,
  requireReadable,
  type MachineIdentity,
} from './machine-identity.js'

const compare = (one: MachineIdentity, other: MachineIdentity) =>
  compareMachines(machineKeys(one), machineKeys(other))

describe('machine identity', () => {
  test('a UUID is the same in either byte order and any notation', () => {
    const one = { uuid: '4C4C4544-0042-3510-8052-B4C04F4E3232' }
    const swapped = { uuid: '44454c4c-4200-1035-8052-b4c04f4e3232' }
    expect(compare(one, swapped)).toBe('same')
    expect(compare(one, { uuid: '{4c4c4544004235108052b4c04f4e3232}' })).toBe('same')
  })

  test('a MAC address is the same in any notation', () => {
    expect(compare({ macs: ['00:1A:2B:3C:4D:5E'] }, { macs: ['001a.2b3c.4d5e', '00-00-00-00-00-01'] })).toBe(
      'same',
    )
  })

  test.each([
    { uuid: '00000000-0000-0000-0000-000000000000' },
    { uuid: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF' },
    { uuid: '03000200-0400-0500-0006-000700080009' },
    { uuid: '00020003-0004-0005-0006-000700080009' },
    { serial: 'To be filled by O.E.M.' },
    { serial: 'Default string' },
    { serial: '  0000000 ' },
    { macs: ['00:00:00:00:00:00', 'not a mac'] },
    {},
  ])('%j says nothing of who the machine is', (machine) => {
    expect(isIdentified(machineKeys(machine))).toBe(false)
  })

  test('machines that share nothing are different, also when nothing is known of one', () => {
    expect(compare({ serial: 'A1' }, { serial: 'B2' })).toBe('different')
    expect(compare({ serial: 'A1' }, { macs: ['00:1A:2B:3C:4D:5E'] })).toBe('different')
  })

  test('a shared identifier beside one that differs is in doubt', () => {
    const one = { serial: 'A1', macs: ['00:1A:2B:3C:4D:5E'] }
    expect(compare(one, { serial: 'B2', macs: ['00:1A:2B:3C:4D:5E'] })).toBe('doubtful')
  })

  test('a dock that two machines of other UUIDs and serials share makes them no one machine', () => {
    const dock = '00:1A:2B:3C:4D:5E'
    const one = { uuid: '4C4C4544-0042-3510-8052-B4C04F4E3232', serial: 'A1', macs: [dock] }
    const other = { uuid: '4C4C4544-0042-3510-8052-B4C04F4E3233', serial: 'B2', macs: [dock] }
    expect(compare(one, other)).toBe('different')
    expect(compare(one, { uuid: other.uuid, macs: [dock] })).toBe('doubtful')
  })

  test.each([
    [{ uuid: '4c4c4544-0042-3510-8052-b4c04f4e323' }, 'machine.uuid: expected a UUID'],
    [{ macs: ['00:1a:2b:3c:4d:5e', 'eth0'] }, 'machine.macs: expected MAC addresses'],
  ])('%j is refused with its field', (machine, message) => {
    expect(() => requireReadable(machine, 'machine')).toThrow(message)
  })

  test('the words of firmware for an identifier that it lacks are let through', () => {
    expect(() => requireReadable({ uuid: 'Not Settable', macs: ['00:00:00:00:00:00'] }, 'x')).not.toThrow()
  })

  test('an identifier that only one of them knows is no difference', () => {
    expect(compare({ serial: 'A1' }, { serial: 'a1 ', macs: ['00:1A:2B:3C:4D:5E'] })).toBe('same')
  })
})
