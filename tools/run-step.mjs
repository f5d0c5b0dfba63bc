import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The tools of this checkout come first; nx leaves no daemon behind and asks nothing. */
export const stepEnvironment = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
}

/**
 * Runs a program in the checkout's root.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ quiet?: boolean, env?: Record<string, string | undefined> }} options quiet keeps the output back
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export async function runStep(command, commandArguments, { quiet = false, env = {} } = {}) {
  const began = performance.now()
  const child = spawn(command, commandArguments, {
    cwd: root,
    env: { ...stepEnvironment, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message
      resolve(127)
    })
    child.once('close', (ended) => resolve(ended ?? 1))
  })
  return { code, output, seconds: (performance.now() - began) / 1000 }
}
