import { expect, test } from '@jest/globals'
import { startProcess } from '@goldkeep/testing'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/bundle.js', import.meta.url))

test('settings that cannot be used are refused with every problem at once', async () => {
  const env = { GOLDKEEP_SERVICE_KEY: 'short', GOLDKEEP_SYNC_INTERVAL: 'soon', GOLDKEEP_VOLUME: '/nowhere' }
  const process = startProcess('node', [main], { env: { ...env, NODE_OPTIONS: undefined } })
  expect((await process.end).code).toBe(78)
  expect(process.stderr()).toMatch(/GOLDKEEP_SERVICE_KEY/)
  expect(process.stderr()).toMatch(/GOLDKEEP_SYNC_INTERVAL/)
})
