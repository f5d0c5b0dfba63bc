import { AsyncLocalStorage } from 'node:async_hooks'
import { TestEnvironment } from 'jest-environment-node'

/** Whose `run` was called since the last suite ended. */
const running = new Set()

const { run } = AsyncLocalStorage.prototype
AsyncLocalStorage.prototype.run = function noteAndRun(...values) {
  running.add(this)
  return run.apply(this, values)
}

/**
 * Jest's runner makes an AsyncLocalStorage for each file and never disables it. Node 20 asks every one that is enabled
 * whenever a promise is made: after 80 files a million promises took 47 s, and take 2 s so.
 */
export default class Environment extends TestEnvironment {
  async teardown() {
    await super.teardown()
    for (const storage of running) storage.disable()
    running.clear()
  }
}
