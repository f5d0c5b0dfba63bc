import { expect, test } from '@jest/globals'
import { parseMachine } from './parse-machine.js'

const uuid = '4c4c4544-0042-3510-8052-b4c04f4a5331'

test('bare identifiers are told by their shape', () => {
  expect(parseMachine([uuid, '00:11:22:33:44:55', 'aabb.ccdd.eeff', 'PF2ABC12'])).toEqual({
    uuid,
    serial: 'PF2ABC12',
    macs: ['00:11:22:33:44:55', 'aabb.ccdd.eeff'],
    model: '',
  })
})

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
