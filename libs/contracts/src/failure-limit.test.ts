import { describe, expect, test } from '@jest/globals'
import { storage } from './index.js'
import { cutFailures } from './failure-limit.js'

describe('the last words of the producers of one upload', () => {
  const failed = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      path: `hd0/${'p'.repeat(120)}${n}`,
      attemptId: 'a'.repeat(36),
      failure: 'ä'.repeat(2_048),
    }))

  test('are whole while a message has room for them', () => {
    expect(cutFailures(failed(64))).toEqual(failed(64))
    expect(cutFailures([])).toEqual([])
  })

  test('are cut so that the status of 4,096 failed files fits into a message', () => {
    const status = storage.UploadStatus.fromPartial({ versionId: 'v', files: cutFailures(failed(4_096)) })
    expect(storage.UploadStatus.encode(status).finish().length).toBeLessThan(2 * 1024 * 1024)
    for (const { failure } of status.files) expect(failure).toMatch(/^ä+…$/)
  })
})
