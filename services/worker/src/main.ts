import { createLogger, runService } from '@goldkeep/service'
import { startWorker } from './compose.js'
import { loadWorkerConfig } from './config.js'

await runService('worker', async (signal) => {
  const config = loadWorkerConfig()
  return startWorker(config, createLogger('worker', config.logLevel), signal)
})
