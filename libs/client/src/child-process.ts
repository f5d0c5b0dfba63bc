import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { LastWords } from './last-words.js'

/** A producer or consumer ended otherwise than with exit code 0. */
export class ProcessFailedError extends Error {
  override readonly name = 'ProcessFailedError'
  constructor(
    readonly role: 'producer' | 'consumer',
    readonly command: string,
    /** `exit code 3`, `signal SIGKILL`, `could not be started: …` */
    readonly failure: string,
    /** The last lines of its standard error. */
    readonly lastWords: string,
  ) {
    super(`the ${role} ${command} failed: ${failure}${lastWords && `\n${lastWords}`}`)
  }
}

export interface ChildOptions {
  readonly role: 'producer' | 'consumer'
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]]
  /** Receives its standard error as it comes. */
  readonly onStderr?: ((text: Uint8Array) => void) | undefined
  /** How long it has to end after SIGTERM. */
  readonly graceMs?: number | undefined
}

export interface Child {
  readonly stdout: Readable
  readonly stdin: Writable
  /** Resolves when it ended with 0; rejects with ProcessFailedError. */
  readonly ended: Promise<void>
  /** SIGTERM, then SIGKILL; resolves when it is gone. */
  stop(): Promise<void>
}

const hasGroups = process.platform !== 'win32'

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(hasGroups ? -pid : pid, signal)
  } catch {
    // It is gone already.
  }
}

/** Starts a program without a shell. A consumer's standard output is shown on ours, so none is to be read. */
export function startChild({ role, command, onStderr, graceMs = 5_000 }: ChildOptions): Child {
  const [program, ...parameters] = command
  const child = spawn(program, parameters, {
    stdio: role === 'producer' ? ['ignore', 'pipe', 'pipe'] : ['pipe', 'inherit', 'pipe'],
    // A group of its own, so that what it started itself ends with it.
    detached: hasGroups,
  }) as ChildProcessByStdio<Writable, Readable, Readable>
  const lastWords = new LastWords()
  child.stderr.on('data', (text: Uint8Array) => {
    lastWords.add(text)
    onStderr?.(text)
  })
  const fail = (failure: string): ProcessFailedError =>
    new ProcessFailedError(role, program, failure, lastWords.lines())
  let gone = false
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      gone = true
      reject(fail(`could not be started: ${error.message}`))
    })
    child.once('close', (code, signal) => {
      gone = true
      if (code === 0) resolve()
      else reject(fail(signal ? `signal ${signal}` : `exit code ${code}`))
    })
  })
  // Whoever reads the bytes asks for it afterwards; until then a rejection is nobody's fault.
  ended.catch(() => {})
  const stop = async (): Promise<void> => {
    if (gone || child.pid === undefined) return
    child.stdout?.resume()
    kill(child.pid, 'SIGTERM')
    const { pid } = child
    const timer = setTimeout(() => {
      kill(pid, 'SIGKILL')
      // What it started may have left its group and hold the pipes open for as long as it likes.
      for (const pipe of [child.stdout, child.stderr]) pipe?.destroy()
    }, graceMs)
    await ended.catch(() => {})
    clearTimeout(timer)
  }
  return { stdout: child.stdout, stdin: child.stdin, ended, stop }
}
