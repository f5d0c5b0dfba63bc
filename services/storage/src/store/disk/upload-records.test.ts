import { expect, test } from '@jest/globals'
import { parseFilePath } from '@goldkeep/domain'
import { applyRecord, replay, type UploadRecord } from './upload-records.js'

test('a record of one file leaves those of the others where they are, so that its cost is its own', () => {
  const attempt = (number: number): UploadRecord => ({
    t: 'attempt',
    path: parseFilePath(`hd0/part${number}.winpe.wim`),
    attempt: `att-${number}` as never,
    time: '2026-11-22T18:15:02Z',
  })
  const opened = { t: 'opened', format: 1, upload: {}, time: '2026-11-22T18:15:02Z' }
  const state = replay([opened, attempt(1), attempt(2)])
  const after = applyRecord(state, attempt(3))
  expect(after.files).toBe(state.files)
  expect([...after.files.keys()]).toEqual([1, 2, 3].map((n) => `hd0/part${n}.winpe.wim`))
})
