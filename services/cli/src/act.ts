import { Command, InvalidArgumentError } from 'commander'
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
  /** The same for a command that may be followed by `-- PROGRAM …`. */
  actWithChild<Options>(handler: Handler<Options>): (this: Command) => Promise<void>
}

export function createActions(
  environment: CliEnvironment,
  childCommand: readonly string[] | undefined,
): Actions {
  const run = async <Options>(command: Command, handler: Handler<Options>): Promise<void> => {
    const options = command.optsWithGlobals<Options & GlobalOptions>()
    const session = new Session(environment, options, childCommand)
    try {
      await handler(session, command.args, options)
    } finally {
      session.close()
    }
  }
  return {
    act: (handler) =>
      async function (this: Command) {
        if (childCommand) throw usageError(`${this.name()} runs no program after --`)
        await run(this, handler)
      },
    actWithChild: (handler) =>
      async function (this: Command) {
        if (childCommand?.length === 0) throw usageError('expected a program after --, found nothing')
        await run(this, handler)
      },
  }
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time span such as `500ms`, `30s`, `10m`, `24h` or `7d`, in milliseconds. */
export function parseSpan(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  if (!match) throw new InvalidArgumentError('Expected a time span such as 30s, 10m or 24h.')
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}

export function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('Expected a number from 1.')
  return Number(text)
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
