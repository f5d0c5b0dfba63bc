import { createInterface } from 'node:readline/promises'
import type { Session } from './session.js'

/** Asks a person on the terminal; nothing where none is there to answer. */
export async function confirm(session: Session, question: string): Promise<boolean | undefined> {
  const { stdin, stderr } = session.environment
  if (!stdin.isTTY || !stderr.isTTY || session.options.json || session.options.quiet) return undefined
  const terminal = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: session.signal })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
