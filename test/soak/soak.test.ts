import { expect, test } from '@jest/globals'
import { sayCounts } from './say-counts.js'
import { soak } from './soak.js'

test('storage under load, killed and held up at random for a while, breaks no law', async () => {
  const counts = await soak({ milliseconds: 10_000, seed: 'every day', uploaders: 4, readers: 2 })
  process.stdout.write(`soak: ${sayCounts(counts)}\n`)
  expect(counts.kills).toBeGreaterThan(1)
  expect(counts.sealed).toBeGreaterThan(1)
  expect(counts.versionsChecked).toBeGreaterThan(1)
}, 180_000)
