import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseFilePath } from '@goldkeep/domain'
import { compactUpload } from './compact-upload.js'
import { replay } from './upload-records.js'

const opened = { t: 'opened', format: 1, upload: { imageId: 'lab' }, time: '2026-11-22T18:15:02Z' }
const path = fc.constantFrom(...['hd0/a.winpe.wim', 'hd0/b.winpe.wim', 'hd1/c.winpe.wim'].map(parseFilePath))
const attempt = fc.constantFrom('att-1', 'att-2', 'att-3')
const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
  .map((date) => date.toISOString())
const size = fc.nat(1_000)
const text = fc.string({ maxLength: 5 })

/** Also in an order that no upload has. */
const record = fc.oneof(
  { weight: 4, arbitrary: fc.record({ t: fc.constant('attempt'), path, attempt, time }) },
  { weight: 4, arbitrary: fc.record({ t: fc.constant('committed'), path, attempt, size, time }) },
  fc.record({ t: fc.constant('finished'), path, attempt, size, sha256: text, time }),
  fc.record({ t: fc.constantFrom('failed', 'broken'), path, attempt, failure: text, time }),
  fc.record({ t: fc.constant('sealing'), manifest: text, time }),
  fc.record({ t: fc.constant('sealed'), time }),
  fc.record({
    t: fc.constant('ended'),
    outcome: fc.constantFrom('ABORTED', 'EXPIRED'),
    epoch: fc.nat(9),
    opSeq: fc.nat(9),
    time,
  }),
)
const history = fc.array(record, { maxLength: 40 }).map((rest): unknown[] => [opened, ...rest])
const stateOf = (records: readonly unknown[]) => {
  const state = replay(JSON.parse(JSON.stringify(records)) as unknown[])
  return { ...state, files: [...state.files] }
}

test('compacted records tell the same state, and what is appended to them does the same', () => {
  fc.assert(
    fc.property(history, fc.array(record, { maxLength: 10 }), (before, after) => {
      const compacted = compactUpload(before)
      expect(stateOf(compacted)).toEqual(stateOf(before))
      expect(stateOf([...compacted, ...after])).toEqual(stateOf([...before, ...after]))
      expect(compactUpload(compacted)).toEqual(compacted)
      // The opening, three files and three decisions.
      expect(compacted.length).toBeLessThanOrEqual(7)
    }),
    { numRuns: 500 },
  )
})

test('records of which some are of a later version stay as they are', () => {
  const records = [opened, { t: 'later' }, opened]
  expect(compactUpload(records)).toBe(records)
  expect(compactUpload([])).toEqual([])
})
