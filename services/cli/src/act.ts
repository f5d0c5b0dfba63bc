import { Command, InvalidArgumentError } from 'commander'
import { showOptions } from './behind-dashes.js'
import type { CliEnvironment } from './cli-environment.js'
import { usageError } from './cli-error.js'
import { Session, type GlobalOptions } from './session.js'

/** What a command does, given its arguments and options as commander parsed them. */
export type Handler<Options> = (
  session: Session,
  args: readonly string[],
  options: Options & GlobalOptions,
) => Promise<void>

/** Makes commander's actions. */
export interface Actions {
  act<Options>(handler: Handler<Options>): (this: Command) => Promise<void>
  /** The same for a command that may be followed by `-- PROGRAM …`; it takes excess arguments for that. */
  actWithChild<Options>(handler: Handler<Options>): (this: Command) => Promise<void>
}

/** @param behind the words behind `--`, marked: arguments like all others, or a program to run */
export function createActions(environment: CliEnvironment, behind: readonly string[] | undefined): Actions {
  const run = async <Options>(
    command: Command,
    handler: Handler<Options>,
    args: readonly string[],
    childCommand?: readonly string[],
  ): Promise<void> => {
    const options = command.optsWithGlobals<Options & GlobalOptions>()
    const session = new Session(environment, options, childCommand)
    try {
      await handler(session, args, options)
    } finally {
      session.close()
    }
  }
  return {
    act: (handler) =>
      async function (this: Command) {
        await run(this, handler, this.args.map(showOptions))
      },
    actWithChild: (handler) =>
      async function (this: Command) {
        if (behind && (behind[0] === undefined || showOptions(behind[0]) === ''))
          throw usageError('expected a program after --, found nothing')
        const args = this.args.slice(0, this.args.length - (behind?.length ?? 0))
        requireArguments(this, args)
        await run(this, handler, args, behind?.map(showOptions))
      },
  }
}

/** As commander does it for commands that run no program. */
function requireArguments({ registeredArguments }: Command, args: readonly string[]): void {
  const missing = registeredArguments.find((argument, index) => argument.required && index >= args.length)
  if (missing) throw usageError(`missing required argument '${missing.name()}' (--help says how)`)
  const most = registeredArguments.length
  if (args.length > most)
    throw usageError(`expected at most ${most} arguments before --, found ${args.length} (--help says how)`)
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time span such as `500ms`, `30s`, `10m`, `24h` or `7d`, in milliseconds. */
export function parseSpan(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  if (!match) throw new InvalidArgumentError('Expected a time span such as 30s, 10m or 24h.')
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}

/** The same for what ends by itself, from one second on: 0 would say that it never ends. */
export function parseLifetime(text: string): number {
  const ms = parseSpan(text)
  if (ms < unitMs.s) throw new InvalidArgumentError('Expected at least 1s.')
  return ms
}

export function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('Expected a number from 1.')
  return Number(text)
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
