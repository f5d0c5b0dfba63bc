import { exitCodes, isDomainError, reasons } from '@goldkeep/domain'
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

/** Runs `work`; when it is broken off, says what is kept and how to go on. */
export async function sayHowToGoOn<T>(
  session: Session,
  { versionId, command, effect }: GoingOn,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isBrokenOff(session, error))
      session.say(
        `upload ${versionId} stays open with what has arrived.\n` +
          `  go on: ${command}   (${effect})\n` +
          `  look:  goldkeep upload status ${versionId}\n` +
          `  end:   goldkeep upload abort ${versionId}`,
      )
    throw error
  }
}

/** Runs `work`; when it is broken off, the command ends by saying this. */
export async function orSay<T>(session: Session, message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (session.signal.aborted)
      throw new CliError('INTERRUPTED', `interrupted; ${message}`, exitCodes.interrupted)
    if (!isDomainError(error) || !isBrokenOff(session, error)) throw error
    throw new CliError(
      error.reason,
      `${error.message}; ${message}`,
      reasons[error.reason].exit,
      error.metadata,
    )
  }
}

/** By a person, by a server that went away, or by a volume that is full: the same command may succeed later. */
function isBrokenOff({ signal }: Session, error: unknown): boolean {
  if (signal.aborted) return true
  return isDomainError(error) && (error.kind === 'unavailable' || error.reason === 'NO_SPACE')
}
