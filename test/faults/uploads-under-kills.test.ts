import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { makeRealStorage, type RealStorage } from '../../services/storage/test/support/real-storage.js'
import { uploadUnderKills } from './support/uploads-under-kills.js'

let real: RealStorage

beforeEach(async () => {
  real = await makeRealStorage()
  await real.start()
})
afterEach(() => real.close())

test('16 uploads at once are all sealed as they were sent while storage is killed three times', async () => {
  const versions = await uploadUnderKills(real, { count: 16, size: 8 * 1024 * 1024, kills: 3 })
  expect(new Set(versions).size).toBe(16)
}, 180_000)
