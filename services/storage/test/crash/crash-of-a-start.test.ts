import { describe } from '@jest/globals'
import { testEveryStepOf } from './no-law-is-broken.js'
import { recoveries } from './recoveries.js'

describe('no law is broken, and the next start succeeds, when storage ends at any step of', () => {
  testEveryStepOf(recoveries)
})
