import { expect, test } from '@jest/globals'
import { toIoFault } from './io-faults.js'

/** As libuv tells a code: by its name, or by its number where it knows no name. */
const fault = (code: string): Error => Object.assign(new Error(`${code}, write`), { code, syscall: 'write' })

test.each([
  ['ENOSPC', 'NO_SPACE', 'ENOSPC'],
  ['Unknown system error -122', 'NO_SPACE', 'EDQUOT'],
  ['EIO', 'IO_ERROR', 'EIO'],
  ['Unknown system error -116', 'IO_ERROR', 'ESTALE'],
  ['Unknown system error -4000', 'IO_ERROR', 'Unknown system error -4000'],
])('%s is told as %s, by its name %s', (code, reason, name) => {
  const told = toIoFault('write hd0/part1.winpe.wim', fault(code))
  expect(told).toMatchObject({ reason, metadata: { doing: 'write hd0/part1.winpe.wim', code: name } })
  expect(told.message).toContain(name)
})
