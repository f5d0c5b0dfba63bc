import { describe } from '@jest/globals'
import { testEveryStepOf } from './no-law-is-broken.js'
import { operations } from './operations.js'

describe('no law is broken, and it can be asked for again, when storage ends at any step of', () => {
  testEveryStepOf(operations)
})
