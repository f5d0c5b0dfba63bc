import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { temporaryDirectory } from '@goldkeep/testing'
import { mkdir, rename } from 'node:fs/promises'
import { loadStorageConfig, startStorage } from '../src/index.js'
import { startFakeCatalog, type FakeCatalog } from './support/fake-catalog.js'
import { storageEnv } from './support/test-house.js'

let catalog: FakeCatalog
let volume: string
let remove: () => Promise<void>

beforeEach(async () => {
  catalog = await startFakeCatalog()
  const directory = await temporaryDirectory('moved')
  remove = directory.remove
  volume = `${directory.path}/volume`
  await mkdir(volume)
})
afterEach(async () => {
  await catalog.stop()
  await remove()
})

const start = () =>
  startStorage(
    loadStorageConfig({
      ...storageEnv(catalog, volume),
      GOLDKEEP_STORAGE_PORT: '0',
      GOLDKEEP_LEASE_HEARTBEAT: '200ms',
      GOLDKEEP_LEASE_LOST: '1s',
      GOLDKEEP_LEASE_TAKEOVER: '2s',
    }),
    createLogger('storage', 'silent'),
    new AbortController().signal,
  )

test.each([
  ['moved', () => Promise.resolve(), 'nothing'],
  ['moved and replaced by an empty directory', () => mkdir(volume), 'another directory'],
])('a volume that was %s while it is served is given up at the next heartbeat', async (_, replace, found) => {
  const running = await start()
  try {
    await rename(volume, `${volume}.moved`)
    await replace()
    await expect(running.failed).rejects.toThrow(`${volume} was moved or unmounted while it was served`)
    await expect(running.failed).rejects.toThrow(`found ${found}`)
  } finally {
    await running.stop()
  }
})
