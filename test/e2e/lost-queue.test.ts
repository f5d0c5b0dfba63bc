import { afterAll, beforeAll, test } from '@jest/globals'
import { startHouse, waitUntil, type House } from '@goldkeep/testing'
import { Redis } from 'ioredis'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { captureMachine, uploadVersion } from './support/scenario.js'

const image = 'win11-lab'
let house: House

beforeAll(async () => {
  house = await startHouse({ queue: 'redis' })
  await house.goldkeep.run('image', 'create', image)
}, 60_000)
afterAll(() => house.stop(), 30_000)

test('a queue that is emptied loses no work: what remains to be done follows from the catalog', async () => {
  const capture = await captureMachine(join(house.directory, 'capture'), 1024 * 1024)
  const id = await uploadVersion(house, image, capture.folder)
  const redis = new Redis(house.queueUrl)
  try {
    const areWaiting = async () => (await redis.keys('*:wait')).length > 0
    await waitUntil(areWaiting, { what: 'jobs wait in the queue' })
    await redis.flushall()
  } finally {
    redis.disconnect()
  }
  await house.addWorker().start()
  await house.goldkeep.run('version', 'wait', id)
  await house.goldkeep.run('promote', id)
  const link = join(house.volume, 'primary', 'images', image)
  const published = async (): Promise<boolean> => (await readlink(link).catch(() => '')).endsWith(id)
  await waitUntil(published, { timeoutMs: 20_000, what: 'the primary link' })
}, 60_000)
