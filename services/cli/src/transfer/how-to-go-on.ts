import { exitCodes } from '@goldkeep/domain'
import { CliError } from '../cli-error.js'
import type { Session } from '../session.js'

/** An upload under way, as a person would go on with it. */
export interface GoingOn {
  readonly versionId: string
  /** The command that goes on. */
  readonly command: string
  /** What it does with what has arrived. */
  readonly effect: string
}

/** Runs `work`; when a person breaks it off, says what is kept and how to go on. */
export async function sayHowToGoOn<T>(
  session: Session,
  { versionId, command, effect }: GoingOn,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (session.signal.aborted)
      session.say(
        `upload ${versionId} stays open with what has arrived.\n` +
          `  go on: ${command}   (${effect})\n` +
          `  look:  goldkeep upload status ${versionId}\n` +
          `  end:   goldkeep upload abort ${versionId}`,
      )
    throw error
  }
}

/** Runs `work`; when a person breaks it off, the command ends by saying this. */
export async function orSay<T>(session: Session, message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!session.signal.aborted) throw error
    throw new CliError('INTERRUPTED', message, exitCodes.interrupted)
  }
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
