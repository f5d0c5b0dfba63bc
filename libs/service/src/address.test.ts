import { expect, test } from '@jest/globals'
import { addressSetting, hostSetting, joinAddress } from './address.js'

test.each([
  ['127.0.0.1', '127.0.0.1:7460'],
  ['images.example.org', 'images.example.org:7460'],
  ['::1', '[::1]:7460'],
  ['[::1]', '[::1]:7460'],
  ['::', '[::]:7460'],
])('the host %s with its port is %s', (host, address) => {
  expect(joinAddress(hostSetting.parse(host), 7460)).toBe(address)
})

test.each(['images.example.org:7461', '[fd00::1]:7461'])('%s is an address to tell others', (address) => {
  expect(addressSetting.parse(address)).toBe(address)
})

test.each(['images.example.org', 'fd00::1:7461', 'http://images:7461', 'two words:7461'])(
  '%s is none',
  (address) => expect(() => addressSetting.parse(address)).toThrow('expected host:port'),
)
