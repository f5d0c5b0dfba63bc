import { TestEnvironment } from 'jest-environment-node'
import { writeFileSync } from 'node:fs'

/** The variable that names the file in which the first failure is written down. */
export const failureVariable = 'GOLDKEEP_MUTANT_FAILURE'

/** Skips the rest of a suite once a test of it has failed: one failure is enough to notice a mutant. */
export default class StopAtFirstFailure extends TestEnvironment {
  #path
  #root
  #failed = false

  constructor({ globalConfig, projectConfig }, context) {
    super({ globalConfig, projectConfig }, context)
    this.#path = context.testPath
    this.#root = globalConfig.rootDir
  }

  async handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#noteFailure(event)
    if (event.name === 'test_start' && this.#failed) event.test.mode = 'skip'
  }

  #noteFailure({ name, test, hook }) {
    if (this.#failed) return
    this.#failed = true
    const suite = this.#path.slice(this.#root.length + 1)
    const what = name === 'hook_failure' ? (hook?.type ?? 'hook') : nameOf(test)
    if (process.env[failureVariable]) writeFileSync(process.env[failureVariable], `${suite}: ${what}`)
  }
}

function nameOf(test) {
  const names = [test.name]
  for (let above = test.parent; above?.parent; above = above.parent) names.unshift(above.name)
  return names.join(' ')
}
