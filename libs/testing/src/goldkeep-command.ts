import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../../services/cli/bin/goldkeep.js', import.meta.url))

export interface CommandOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A `goldkeep` command that runs. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly outcome: Promise<CommandOutcome>
}

export interface GoldkeepCommand {
  readonly start: (...args: string[]) => RunningCommand
  /** Runs to the end, whatever that is. */
  readonly attempt: (...args: string[]) => Promise<CommandOutcome>
  /** Runs to the end and gives standard output, trimmed; throws unless the exit code is 0. */
  readonly run: (...args: string[]) => Promise<string>
  /** The same with standard input from a shell command, as in `command | goldkeep …`. */
  readonly pipe: (shellCommand: string, ...args: string[]) => Promise<string>
  /** Runs a command line of bash, in which `goldkeep` is the command, to its end. */
  readonly shell: (commandLine: string) => Promise<CommandOutcome>
}

/** The built `goldkeep` command, as a person types it, with `environment` added to our own. */
export function goldkeepCommand(environment: Readonly<Record<string, string>>): GoldkeepCommand {
  const spawned = (command: string, args: readonly string[]): RunningCommand => {
    const env = { ...process.env, ...environment }
    return collect(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
  }
  const start = (...args: string[]): RunningCommand => spawned(process.execPath, [program, ...args])
  const attempt = (...args: string[]): Promise<CommandOutcome> => start(...args).outcome
  return {
    start,
    attempt,
    run: async (...args) => succeeded(args, await attempt(...args)),
    pipe: async (shellCommand, ...args) => {
      const script = `${shellCommand} | "$0" "$@"`
      const { outcome } = spawned('sh', ['-c', script, process.execPath, program, ...args])
      return succeeded(args, await outcome)
    },
    shell: (commandLine) =>
      spawned('bash', ['-c', `goldkeep() { '${process.execPath}' '${program}' "$@"; }; ${commandLine}`])
        .outcome,
  }
}

function collect(child: ChildProcess): RunningCommand {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => (said[name] += text))
  const outcome = new Promise<CommandOutcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, ...said }))
  })
  return { process: child, outcome }
}

function succeeded(args: readonly string[], { code, stdout, stderr }: CommandOutcome): string {
  if (code !== 0)
    throw new Error(`goldkeep ${args.join(' ')} ended with ${String(code)}:\n${stderr}${stdout}`)
  return stdout.trim()
}
