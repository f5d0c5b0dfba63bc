import { expect, test } from '@jest/globals'
import { minutes, say, seed } from './long-run.js'
import { sayCounts } from './say-counts.js'
import { soak } from './soak.js'

test(`storage under load for ${minutes} minutes breaks no law`, async () => {
  say(`soaking for ${minutes} minutes; to draw the same chances again: --seed ${seed}`)
  const began = performance.now()
  const counts = await soak({
    ...{ milliseconds: minutes * 60_000, seed, uploaders: 6, readers: 3 },
    onTime: (soFar) => say(`${Math.round((performance.now() - began) / 1000)} s: ${sayCounts(soFar)}`),
  })
  say(`seed ${seed}: ${sayCounts(counts)}; no law broken`)
  expect(counts.kills).toBeGreaterThan(0)
  expect(counts.versionsChecked).toBeGreaterThan(0)
})
