import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../services/cli/bin/goldkeep.js', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A `goldkeep` command that runs. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly outcome: Promise<Outcome>
}

/** The `goldkeep` command, as a person types it, against the house whose home is `home`. */
export function goldkeepIn(home: string) {
  const start = (...args: string[]): RunningCommand => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, GOLDKEEP_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const outcome = new Promise<Outcome>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
    })
    return { process: child, outcome }
  }
  const attempt = (...args: string[]): Promise<Outcome> => start(...args).outcome
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await attempt(...args)
    if (code !== 0) throw new Error(`goldkeep ${args.join(' ')} ended with ${code}:\n${stderr}`)
    return stdout.trim()
  }
  return { start, attempt, run }
}

export type Goldkeep = ReturnType<typeof goldkeepIn>
