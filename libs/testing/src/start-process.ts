import { spawn } from 'node:child_process'
import { waitUntil } from './wait-until.js'

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ProcessOptions {
  readonly cwd?: string
  /** Added to our own environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What the process reads; nothing unless told. */
  readonly input?: string | Uint8Array
}

export interface TestProcess {
  readonly pid: number
  /** Standard output and standard error so far, as they came. */
  readonly output: () => string
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: () => ProcessEnd | undefined
  /** Resolves when the process is gone and its output is read. */
  readonly end: Promise<ProcessEnd>
  /** Resolves with the first line (of either output) that matches; fails when the process ends before. */
  readonly waitForLine: (pattern: RegExp, timeoutMs?: number) => Promise<RegExpExecArray>
  /** Sends a signal (SIGTERM unless told) and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<ProcessEnd>
  /** `kill -9`: the process has no chance to tidy up. */
  readonly killHard: () => Promise<ProcessEnd>
}

/** Starts a program and collects what it says. It is killed when the test process ends. */
export function startProcess(
  command: string,
  commandArguments: readonly string[] = [],
  { cwd, env = {}, input }: ProcessOptions = {},
): TestProcess {
  const child = spawn(command, commandArguments, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const said = { both: '', stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      said.both += text
    })
  // A process that ends before it has read everything breaks the pipe; its exit code tells the story.
  child.stdin?.on('error', () => {}).end(input)
  let ended: ProcessEnd | undefined
  const killWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const end = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => {
      said.both += error.message
      ended = { code: 127, signal: null }
      resolve(ended)
    })
    child.once('exit', (code, signal) => (ended = { code, signal }))
    child.once('close', (code, signal) => resolve({ code, signal }))
  }).finally(() => process.removeListener('exit', killWithUs))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<ProcessEnd> => {
    child.kill(signal)
    return await end
  }
  return {
    pid: child.pid ?? 0,
    output: () => said.both,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended: () => ended,
    end,
    stop,
    killHard: () => stop('SIGKILL'),
    waitForLine: (pattern, timeoutMs = 30_000) =>
      waitForLine(pattern, timeoutMs, { command, output: () => said.both, ended: () => ended }),
  }
}

async function waitForLine(
  pattern: RegExp,
  timeoutMs: number,
  seen: { command: string; output: () => string; ended: () => ProcessEnd | undefined },
): Promise<RegExpExecArray> {
  const find = (): RegExpExecArray | undefined =>
    seen
      .output()
      .split('\n')
      .map((line) => pattern.exec(line))
      .find((match) => match !== null) ?? undefined
  try {
    await waitUntil(() => find() ?? seen.ended(), {
      timeoutMs,
      what: `${seen.command} says ${String(pattern)}`,
    })
  } catch (error) {
    throw new Error(`${(error as Error).message}; it said:\n${seen.output()}`, { cause: error })
  }
  const match = find()
  if (match) return match
  throw new Error(`${seen.command} ended before it said ${String(pattern)}; it said:\n${seen.output()}`)
}
