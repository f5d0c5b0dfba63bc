import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { failureVariable } from './stop-at-first-failure.mjs'
import { suitesVariable } from './suites-in-order.mjs'

/**
 * Runs suites in a copy of the checkout up to the first failure.
 * @param {string} checkout
 * @param {readonly string[]} suites paths in the checkout
 * @param {{ limitMs: number, env: Record<string, string> }} options
 * @returns {Promise<{ outcome: 'passed' | 'failed' | 'timeout', seconds: number, failure: string }>}
 */
export async function runSuites(checkout, suites, { limitMs, env }) {
  const began = performance.now()
  const failure = join(checkout, 'first-failure')
  rmSync(failure, { force: true })
  const jest = join(checkout, 'node_modules/jest/bin/jest.js')
  const jestArguments = ['--config', 'tools/mutants/jest.mjs', '-i', '--bail', '--silent']
  const child = spawn(process.execPath, [jest, ...jestArguments, '--runTestsByPath', ...suites], {
    cwd: checkout,
    env: {
      ...process.env,
      ...env,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      [suitesVariable]: suites.join(','),
      [failureVariable]: failure,
    },
    stdio: 'ignore',
    // A group of its own, so that what the suites have started can be ended with them.
    detached: true,
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    endGroup(child)
  }, limitMs)
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (ended) => resolve(ended ?? 1))
  })
  clearTimeout(timer)
  endGroup(child)
  const outcome = late ? 'timeout' : code === 0 ? 'passed' : 'failed'
  return { outcome, seconds: (performance.now() - began) / 1000, failure: readNote(failure) }
}

function endGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

function readNote(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return 'a suite that did not come to its end'
  }
}
