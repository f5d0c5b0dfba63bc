import { createLogger, expectLargeBuffers, runService } from '@goldkeep/service'
import { startStorage } from './compose.js'
import { loadStorageConfig } from './config.js'

expectLargeBuffers()
await runService('storage', (signal) => {
  const config = loadStorageConfig()
  return startStorage(config, createLogger('storage', config.logLevel), signal)
})
