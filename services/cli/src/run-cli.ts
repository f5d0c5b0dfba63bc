import { exitCodes } from '@goldkeep/domain'
import { CommanderError, type Command } from 'commander'
import { hideOptions, showOptions } from './behind-dashes.js'
import type { CliEnvironment } from './cli-environment.js'
import { explainError } from './explain-error.js'
import { jsonText, printable } from './output/printable.js'
import { requireWritten } from './output/standard-output.js'
import { createProgram } from './program.js'

/** Runs one command and returns its exit code; the only place where exit codes are decided. */
export async function runCli(argv: readonly string[], environment: CliEnvironment): Promise<number> {
  const { own, behind } = hideOptions(argv)
  let command: Command | undefined
  try {
    const program = createProgram(environment, behind)
    program.hook('preAction', (_program, running) => void (command = running))
    await parse(program, [...own, ...(behind ?? [])])
    await requireWritten(environment.stdout)
    return exitCodes.done
  } catch (error) {
    // A group without a command: commander has printed the group's help.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage
    const { exit, reason, message, metadata } = explainError(error, environment.signal, command)
    const text = showOptions(message)
    const document = { error: { reason, message: text, metadata } }
    environment.stderr.write(
      own.includes('--json') ? `${jsonText(document)}\n` : `goldkeep: ${printable(text)}\n`,
    )
    return exit
  }
}

/** Help and the version number end the parsing by an error with exit code 0. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error
  }
}
