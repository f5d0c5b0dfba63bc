import { createLogger, expectLargeBuffers, runService } from '@goldkeep/service'
import { startStorage } from './compose.js'
import { loadStorageConfig } from './config.js'
import { runCommand } from './run-command.js'

const words = process.argv.slice(2)
if (words.length > 0) process.exit(await runCommand(words))
expectLargeBuffers()
await runService('storage', (signal) => {
  const config = loadStorageConfig()
  return startStorage(config, createLogger('storage', config.logLevel), signal)
})
