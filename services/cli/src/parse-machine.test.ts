import { expect, test } from '@jest/globals'
import { parseMachine } from './parse-machine.js'

const uuid = '4c4c4544-0042-3510-8052-b4c04f4a5331'

test('a bare UUID and bare MAC addresses are told by their shape', () => {
  const braced = `{${uuid.toUpperCase()}}`
  expect(parseMachine([braced, '00:11:22:33:44:55', 'aabb.ccdd.eeff', '001122334455'])).toEqual({
    uuid: braced,
    serial: '',
    macs: ['00:11:22:33:44:55', 'aabb.ccdd.eeff', '001122334455'],
    model: '',
  })
})

test.each(['PF2ABC12', '00:11:22:33:44:5', '00112233445g', `${uuid}0`, '', 'mac:PF2ABC12', 'uuid:1'])(
  '%j is refused, and not taken for a serial',
  (text) => expect(() => parseMachine([text])).toThrow(/^--machine: expected a /),
)

test('a prefix settles what a shape cannot', () => {
  expect(parseMachine(['serial:00:11:22:33:44:55', 'mac:001122334455'])).toMatchObject({
    serial: '00:11:22:33:44:55',
    macs: ['001122334455'],
  })
})

test('the legacy form holds all three, with dots in the serial', () => {
  expect(parseMachine([`00:11:22:33:44:55.VMware-56.4d.${uuid}`], 'OptiPlex')).toEqual({
    uuid,
    serial: 'VMware-56.4d',
    macs: ['00:11:22:33:44:55'],
    model: 'OptiPlex',
  })
})

test('one machine has one serial', () => {
  expect(() => parseMachine(['serial:A', 'serial:B'])).toThrow('found A and B')
})

test('a GUID is what Windows calls the UUID', () => {
  expect(parseMachine([`GUID:{${uuid.toUpperCase()}}`])).toMatchObject({ uuid: `{${uuid.toUpperCase()}}` })
  expect(() => parseMachine(['guid:PF2ABC12'])).toThrow('expected a UUID, found PF2ABC12')
})
