import { expectLargeBuffers, runService } from '@goldkeep/service'
import { announceHouse } from './announce-house.js'
import { startHouse } from './compose.js'
import { loadAllInOneConfig } from './config.js'

expectLargeBuffers()
await runService(
  'all-in-one',
  (signal) => startHouse(loadAllInOneConfig(), signal),
  (house) => process.stdout.write(announceHouse(house)),
)
