import { expect, test } from '@jest/globals'
import { winpeSchema } from '@goldkeep/testing'
import { lacksOnlySeal } from './upload-completeness.js'

const schema = Buffer.from(
  winpeSchema({
    partitions: [
      { number: 1, usedMiB: 10 },
      { number: 2, usedMiB: 10 },
    ],
  }),
)
const capture = {
  environment: 'winpe',
  type: 'file',
  schemaOnly: false,
  skipLvmShrink: false,
  customSchema: false,
} as const
const [first, second] = ['hd0/part1.winpe.wim', 'hd0/part2.winpe.wim']
const complete = (path: string) => ({ path, state: 'COMPLETE' })

test('an upload lacks only its seal when every file that the schema calls for is complete', () => {
  expect(lacksOnlySeal(schema, capture, [complete(first), complete(second)])).toBe(true)
})

test.each([
  ['nothing was sent', []],
  ['a file is missing', [complete(first)]],
  ['a file is not complete', [complete(first), { path: second, state: 'STOPPED' }]],
  ['another file is not complete', [complete(first), complete(second), { path: 'guid', state: 'FAILED' }]],
])('an upload lacks more than that when %s', (_what, files) => {
  expect(lacksOnlySeal(schema, capture, files)).toBe(false)
})
