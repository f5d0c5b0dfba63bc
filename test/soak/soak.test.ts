import { expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { soak } from './soak.js'

test('storage under load, killed and held up at random for a while, breaks no law', async () => {
  const seed = randomBytes(4).toString('hex')
  const counts = await soak({ milliseconds: 15_000, seed, uploaders: 4, readers: 2 })
  process.stdout.write(`soak with seed ${seed}: ${JSON.stringify(counts)}\n`)
  expect(counts.kills).toBeGreaterThan(1)
  expect(counts.uploads).toBeGreaterThan(1)
}, 180_000)
