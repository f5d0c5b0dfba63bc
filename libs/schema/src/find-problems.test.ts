import { describe, expect, test } from '@jest/globals'
import { findSchemaProblems, parseSchema } from './index.js'

const problemsOf = (...drives: object[]) =>
  findSchemaProblems(parseSchema(Buffer.from(JSON.stringify({ harddrives: drives }))))
const drive = (...partitions: object[]) => ({ size: '2097152', lbs: '512', partitions })

describe('a layout', () => {
  test('that makes sense has no problem', () => {
    expect(problemsOf(drive({ number: '1', size: '1000000', usedmb: '400' }, { number: '2' }))).toEqual([])
  })

  test('without a drive fails', () => {
    expect(problemsOf()).toMatchObject([{ verdict: 'FAIL', found: 'none' }])
  })

  test.each([
    ['without a partition', drive(), 'No drive of the schema has a partition.'],
    [
      'with a partition twice',
      drive({ number: '3' }, { number: '03' }, { number: '3' }),
      'Disk 0 has partition 3 more than once.',
    ],
    [
      'with a partition larger than its disk',
      drive({ number: '1', size: '99999999' }),
      'Partition 1 of disk 0 is larger than its disk.',
    ],
    [
      'with a partition that holds more than its size',
      drive({ number: '1', size: '204800', usedmb: '5000' }),
      'Partition 1 of disk 0 holds more than its size.',
    ],
    [
      'with a logical volume that holds more than its size',
      drive({
        number: '1',
        volumegroup: { name: 'vg', logicalvolumes: [{ name: 'lv', volumesize: '10', usedmb: '50' }] },
      }),
      'Logical volume lv of disk 0 holds more than its size.',
    ],
    ['with a size below zero', drive({ number: '1', size: '-5' }), 'Unreadable size: harddrives[0]'],
  ])('%s is worth a warning', (_what, layout, message) => {
    expect(problemsOf(layout)).toMatchObject([{ verdict: 'WARN', message: expect.stringContaining(message) }])
  })

  test('that knows no sizes is not warned about', () => {
    expect(problemsOf({ partitions: [{ number: '1', size: '0', usedmb: '70000' }] })).toEqual([])
  })
})
