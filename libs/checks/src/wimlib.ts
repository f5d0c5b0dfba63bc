import { cleanText } from '@goldkeep/domain'
import { spawn } from 'node:child_process'
import { limitPrefix, type ChildLimits } from './child-limits.js'

/** The program of wimlib; Debian's package is `wimtools`. */
const defaultProgram = 'wimlib-imagex'
const keptBytes = 4096
/** For the program to end after being told to; then it is killed. */
const graceMs = 2_000

export interface WimlibOptions {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly program?: string | undefined
  readonly limits?: ChildLimits
  /** Receives its standard output as it comes. */
  readonly onOutput?: (text: Uint8Array) => void
}

export type WimlibRun =
  | {
      readonly outcome: 'exited'
      readonly code: number
      readonly lastWords: string
      readonly warnings: readonly string[]
    }
  /** `signal` when it was ended by one that we did not send. */
  | { readonly outcome: 'not-ended'; readonly lastWords: string; readonly signal?: NodeJS.Signals }

/**
 * Runs wimlib-imagex to its end. It is ended when the signal aborts or the time is up.
 * Rejects with the signal's reason when aborted.
 */
export function runWimlib(
  parameters: readonly string[],
  { signal, timeoutMs, program = defaultProgram, limits, onOutput }: WimlibOptions,
): Promise<WimlibRun> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const [command = program, ...rest] = [...limitPrefix(limits), program, ...parameters]
    const child = spawn(command, rest, { stdio: ['ignore', onOutput ? 'pipe' : 'ignore', 'pipe'] })
    if (onOutput) child.stdout?.on('data', onOutput)
    let words = ''
    let late = false
    let killer: NodeJS.Timeout | undefined
    const end = (): void => {
      child.kill('SIGTERM')
      killer ??= setTimeout(() => child.kill('SIGKILL'), graceMs)
    }
    const timer = setTimeout(() => {
      late = true
      end()
    }, timeoutMs)
    signal.addEventListener('abort', end, { once: true })
    const settle = (run: WimlibRun): void => {
      clearTimeout(timer)
      clearTimeout(killer)
      signal.removeEventListener('abort', end)
      if (signal.aborted) reject(signal.reason as Error)
      else resolve(run)
    }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-keptBytes)
    })
    child.on('error', (error) =>
      settle({ outcome: 'not-ended', lastWords: `cannot run ${program}: ${error.message}` }),
    )
    child.on('close', (code, endedBy) => {
      if (late) settle({ outcome: 'not-ended', lastWords: `not done after ${timeoutMs / 1000} s` })
      else if (code === null || endedBy)
        settle({
          outcome: 'not-ended',
          lastWords: `ended by ${endedBy}`,
          ...(endedBy && { signal: endedBy }),
        })
      else if (limits && notFound.has(code))
        settle({ outcome: 'not-ended', lastWords: `cannot run ${program}: ${lastLine(words)}` })
      else settle({ outcome: 'exited', code, lastWords: lastLine(words), warnings: warningsIn(words) })
    })
  })
}

/** How `prlimit` and `nice` end when the program that they are to run is not there, or cannot be run. */
const notFound: ReadonlySet<number> = new Set([126, 127])

/** The last line that says anything, without the program's prefix. */
function lastLine(words: string): string {
  const lines = words.split(/[\r\n]+/).map((line) => line.trim())
  const last = lines.findLast((line) => line !== '') ?? ''
  return cleanText(last.replace(/^\[(ERROR|WARNING)\]\s*/, ''), 300)
}

const maxWarnings = 20

/** What it warned of, each in one line. */
export function warningsIn(words: string): string[] {
  const warnings = words.matchAll(/\[WARNING\]\s*((?:[^[\r\n]|\[(?!\w+\]))*(?:\r?\n {2,}[^\r\n]*)*)/g)
  return [...warnings].map(([, text]) => (text ?? '').replace(/\s+/g, ' ').trim()).slice(0, maxWarnings)
}

/** Whether this machine has wimlib-imagex, in a state to run. */
export async function findWimlib(program?: string): Promise<boolean> {
  const signal = new AbortController().signal
  const run = await runWimlib(['--version'], { signal, timeoutMs: 10_000, program })
  return run.outcome === 'exited' && run.code === 0
}
