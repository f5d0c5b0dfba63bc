import { startChild, type ChildEnd } from './child-process.js'

export interface RunOptions {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** How long it has to end after SIGTERM. */
  readonly graceMs?: number
  /** Receives all of its standard output as it comes. */
  readonly onOutput?: (text: Uint8Array) => void
}

export interface ProgramRun {
  readonly end: ChildEnd | { readonly kind: 'late' }
  /** The beginning of its standard output. */
  readonly output: string
  /** The last 4 KiB of its standard error. */
  readonly errors: string
}

const keptBytes = 4096

/**
 * Runs a program to its end. When the time is up or the signal aborts, the program and all that it started
 * are ended.
 * @throws the signal's reason
 */
export async function runProgram(
  command: readonly [string, ...string[]],
  { signal, timeoutMs, graceMs, onOutput }: RunOptions,
): Promise<ProgramRun> {
  signal.throwIfAborted()
  const child = startChild({ command, stdin: 'ignore', stdout: 'pipe', graceMs })
  let late = false
  const timer = setTimeout(() => {
    late = true
    void child.stop()
  }, timeoutMs)
  const stop = (): void => void child.stop()
  signal.addEventListener('abort', stop, { once: true })
  let output = Buffer.alloc(0)
  child.stdout.on('readable', () => {
    for (let text: Buffer | null; (text = child.stdout.read() as Buffer | null) !== null;) {
      onOutput?.(text)
      if (output.length < keptBytes) output = Buffer.concat([output, text]).subarray(0, keptBytes)
    }
  })
  const end = await child.end
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  return { end: late ? { kind: 'late' } : end, output: output.toString('utf8'), errors: child.errors() }
}
