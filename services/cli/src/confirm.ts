import { exitCodes } from '@goldkeep/domain'
import { createInterface } from 'node:readline/promises'
import { CliError } from './cli-error.js'
import type { Session } from './session.js'

/**
 * Asks a person on the terminal, before anything is changed; nothing where none is there to answer. The end of the
 * input is a no.
 * @throws CliError INTERRUPTED
 */
export async function confirm(session: Session, question: string): Promise<boolean | undefined> {
  const { stdin, stderr } = session.environment
  if (!stdin.isTTY || !stderr.isTTY || session.options.json || session.options.quiet) return undefined
  const terminal = createInterface({ input: stdin, output: stderr })
  const interrupted = new AbortController()
  // While a line is read Ctrl-C is a key like any other, and sends no signal.
  terminal.once('SIGINT', () => interrupted.abort())
  try {
    const signal = AbortSignal.any([session.signal, interrupted.signal])
    const answer = await terminal.question(`${question} [y/N] `, { signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch (error) {
    stderr.write('\n')
    if (interrupted.signal.aborted)
      throw new CliError('INTERRUPTED', 'interrupted; nothing was changed', exitCodes.interrupted)
    if (session.signal.aborted) throw error
    return false
  } finally {
    terminal.close()
  }
}
