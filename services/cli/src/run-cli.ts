import { exitCodes } from '@goldkeep/domain'
import { CommanderError, type Command } from 'commander'
import type { CliEnvironment } from './cli-environment.js'
import { explainError } from './explain-error.js'
import { requireWritten } from './output/standard-output.js'
import { createProgram } from './program.js'

/** Runs one command and returns its exit code; the only place where exit codes are decided. */
export async function runCli(argv: readonly string[], environment: CliEnvironment): Promise<number> {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const childCommand = end < 0 ? undefined : argv.slice(end + 1)
  try {
    await parse(createProgram(environment, childCommand), own)
    await requireWritten(environment.stdout)
    return exitCodes.done
  } catch (error) {
    // A group without a command: commander has printed the group's help.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage
    const { exit, reason, message, metadata } = explainError(error, environment.signal)
    const document = { error: { reason, message, metadata } }
    environment.stderr.write(
      own.includes('--json') ? `${JSON.stringify(document)}\n` : `goldkeep: ${message}\n`,
    )
    return exit
  }
}

/** Help and the version number end the parsing by an error with exit code 0. */
async function parse(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error
  }
}
