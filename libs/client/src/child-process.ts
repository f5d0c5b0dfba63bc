import { spawn, type ChildProcess } from 'node:child_process'
import { finished } from 'node:stream/promises'
import { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { LastWords } from './last-words.js'
import { endGroup, hasGroups, signalGroup } from './process-group.js'

export interface ChildOptions {
  /** The program and its arguments; no shell is involved. */
  readonly command: readonly [string, ...string[]]
  readonly stdin: 'ignore' | 'pipe'
  readonly stdout: 'ignore' | 'inherit' | 'pipe'
  /** Receives its standard error as it comes. */
  readonly onStderr?: ((text: Uint8Array) => void) | undefined
  /** Called when the program ended well a moment ago, and another process still holds its standard output. */
  readonly onHeld?: (() => void) | undefined
  /** How long the program has to end after SIGTERM. */
  readonly graceMs?: number | undefined
  /** How long `onHeld` waits, and how long a standard error is read that another process holds open. */
  readonly momentMs?: number | undefined
}

export type ChildEnd =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'not-started'; readonly message: string }

export interface Child {
  readonly stdout: Readable
  readonly stdin: Writable
  /**
   * How the program ended. After exit code 0 it resolves only when its whole output was read: a process that it
   * started and that still writes is waited for.
   */
  readonly end: Promise<ChildEnd>
  /** The last lines of its standard error. */
  lastWords(): string
  /** The last 4 KiB of its standard error. */
  errors(): string
  /** SIGTERM, then SIGKILL, for the program and all that it started; resolves when they are gone. */
  stop(): Promise<void>
}

const defaultGraceMs = 5_000
export const defaultMomentMs = 2_000

/** Starts a program; its output is kept from its first byte on. The only place that starts programs for pipes. */
export function startChild(options: ChildOptions): Child {
  try {
    return new RunningChild(spawnProgram(options), options)
  } catch (error) {
    return childThatNeverWas(error as Error)
  }
}

function spawnProgram({ command: [program, ...parameters], stdin, stdout }: ChildOptions): ChildProcess {
  // A group of its own, so that what the program starts ends with it.
  return spawn(program, parameters, { stdio: [stdin, stdout, 'pipe'], detached: hasGroups })
}

/** Some faults, such as arguments that are too long, are thrown; nothing was started then. */
function childThatNeverWas(error: Error): Child {
  const stdin = new Writable({ write: (_data, _encoding, done) => done() })
  stdin.destroy()
  return {
    stdout: Readable.from([]),
    stdin,
    end: Promise.resolve({ kind: 'not-started', message: error.message }),
    lastWords: () => '',
    errors: () => '',
    stop: () => Promise.resolve(),
  }
}

class RunningChild implements Child {
  readonly stdout: Readable
  readonly stdin: Writable
  readonly end: Promise<ChildEnd>
  private readonly stderr: Readable
  private readonly words = new LastWords()
  private isOver = false
  private isStopped = false

  constructor(
    private readonly child: ChildProcess,
    private readonly options: ChildOptions,
  ) {
    this.stdout = child.stdout ?? noOutput()
    this.stdin = child.stdin ?? new Writable()
    this.stderr = child.stderr ?? noOutput()
    // Node lets the output of a child that exits run away unread, unless somebody listens for it.
    child.stdout?.on('readable', () => {})
    // A program that ends early breaks the pipe; how it ended says more than EPIPE does.
    this.stdin.on('error', () => {})
    // Node also closes the input when the child exits, and so cuts off a process that the child left reading.
    child.stdin = null
    this.stderr.on('data', (text: Uint8Array) => {
      this.words.add(text)
      options.onStderr?.(text)
    })
    const killWithUs = (): void => void this.signal('SIGKILL')
    process.once('exit', killWithUs)
    this.end = this.waitForEnd().finally(() => {
      this.isOver = true
      process.removeListener('exit', killWithUs)
      for (const pipe of [this.stdout, this.stderr]) pipe.destroy()
    })
  }

  lastWords(): string {
    return this.words.lines()
  }

  errors(): string {
    return this.words.text()
  }

  async stop(): Promise<void> {
    const { pid } = this.child
    this.isStopped = true
    if (!this.isOver && pid !== undefined) await this.endAll(pid)
    this.stdin.destroy()
  }

  private async endAll(pid: number): Promise<void> {
    // Nobody reads on, and a program that waits for a reader would not notice SIGTERM.
    const drain = (): void => {
      while (this.stdout.read() !== null);
    }
    this.stdout.on('readable', drain)
    drain()
    await endGroup(pid, this.graceMs)
    // A process that left the group may hold the pipes open for as long as it likes.
    for (const pipe of [this.stdout, this.stderr]) pipe.destroy()
    await this.end
  }

  private async waitForEnd(): Promise<ChildEnd> {
    const end = await this.exit()
    if (end.kind === 'not-started') return end
    const { momentMs = defaultMomentMs } = this.options
    const isWell = end.kind === 'code' && end.code === 0
    if (isWell) await this.outputEnds(momentMs)
    else if (!(await within(momentMs, closed(this.stdout)))) await this.endLeftBehind()
    await within(momentMs, closed(this.stderr))
    // Its output ended because what still wrote was stopped.
    return isWell && this.isStopped ? { kind: 'signal', signal: 'SIGTERM' } : end
  }

  private exit(): Promise<ChildEnd> {
    const { child } = this
    return new Promise((resolve) => {
      child.once('error', (error) => resolve({ kind: 'not-started', message: whyNotStarted(error) }))
      child.once('exit', (code, signal) =>
        resolve(signal ? { kind: 'signal', signal } : { kind: 'code', code: code ?? -1 }),
      )
    })
  }

  private async outputEnds(momentMs: number): Promise<void> {
    const timer = setTimeout(() => this.options.onHeld?.(), momentMs)
    await closed(this.stdout)
    clearTimeout(timer)
  }

  /** The program failed, so that nobody wants the output of those that it left. */
  private async endLeftBehind(): Promise<void> {
    if (this.child.pid !== undefined) await endGroup(this.child.pid, this.graceMs)
    this.stdout.destroy()
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) signalGroup(this.child.pid, signal)
  }

  private get graceMs(): number {
    return this.options.graceMs ?? defaultGraceMs
  }
}

const plainWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program here',
  EACCES: 'it may not be run',
  ENOEXEC: 'it is no program',
}

const whyNotStarted = ({ code = '', message }: NodeJS.ErrnoException): string => plainWords[code] ?? message

function noOutput(): Readable {
  return new Readable({ read: () => {} }).destroy()
}

/** Resolves when the stream has ended, failed or was destroyed. */
function closed(stream: Readable): Promise<void> {
  return finished(stream, { cleanup: true }).catch(() => {})
}

/** Whether `promise` resolves within the time. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  const over = new AbortController()
  try {
    const late = delay(ms, false, { signal: over.signal })
    return await Promise.race([promise.then(() => true), late])
  } finally {
    over.abort()
  }
}
