import { runProgram } from '@goldkeep/client/run-program'
import { cleanText } from '@goldkeep/domain'
import { limitPrefix, type ChildLimits } from './child-limits.js'

/** The program of wimlib; Debian's package is `wimtools`. */
const defaultProgram = 'wimlib-imagex'
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
export async function runWimlib(
  parameters: readonly string[],
  { signal, timeoutMs, program = defaultProgram, limits, onOutput }: WimlibOptions,
): Promise<WimlibRun> {
  const [command = program, ...rest] = [...limitPrefix(limits), program, ...parameters]
  const { end, errors } = await runProgram([command, ...rest], {
    ...{ signal, timeoutMs, graceMs },
    ...(onOutput && { onOutput }),
  })
  if (end.kind === 'late') return { outcome: 'not-ended', lastWords: `not done after ${timeoutMs / 1000} s` }
  if (end.kind === 'signal')
    return { outcome: 'not-ended', lastWords: `ended by ${end.signal}`, signal: end.signal }
  if (end.kind === 'not-started')
    return { outcome: 'not-ended', lastWords: `cannot run ${program}: ${end.message}` }
  if (limits && notFound.has(end.code))
    return { outcome: 'not-ended', lastWords: `cannot run ${program}: ${lastLine(errors)}` }
  return { outcome: 'exited', code: end.code, lastWords: lastLine(errors), warnings: warningsIn(errors) }
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
