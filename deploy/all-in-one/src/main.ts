import { createLogger, runService } from '@goldkeep/service'
import { announceHouse } from './announce-house.js'
import { startHouse } from './compose.js'
import { loadAllInOneConfig } from './config.js'

await runService(
  'all-in-one',
  (signal) => {
    const config = loadAllInOneConfig()
    return startHouse(config, createLogger('all-in-one', config.logLevel), signal)
  },
  (house) => process.stdout.write(announceHouse(house)),
)
