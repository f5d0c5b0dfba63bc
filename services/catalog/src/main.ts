import { createLogger, runService } from '@goldkeep/service'
import { startCatalog } from './compose.js'
import { loadCatalogConfig } from './config.js'

await runService('catalog', (signal) => {
  const config = loadCatalogConfig()
  return startCatalog(config, createLogger('catalog', config.logLevel), signal)
})
