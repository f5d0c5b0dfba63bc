import { ProcessFailedError } from '@goldkeep/client'
import { DomainError, exitCodes, reasons, type ExitCode, type Reason } from '@goldkeep/domain'
import { CommanderError } from 'commander'
import { CliError } from './cli-error.js'

/** A failure as a person and a program see it. */
export interface ExplainedError {
  readonly reason: string
  readonly message: string
  readonly metadata: Readonly<Record<string, string>>
  readonly exit: ExitCode
}

/** What to do, where the message of the service cannot know it. */
const advice: Partial<Record<Reason, string>> = {
  UNAVAILABLE: 'is it running? It is safe to repeat the command; `goldkeep doctor` looks closer',
  SHUTTING_DOWN: 'it is safe to repeat the command in a moment',
  UNAUTHENTICATED: 'check GOLDKEEP_TOKEN or the context file; `goldkeep doctor` says which is used',
  SCHEMA_MISMATCH: 'end the upload by `goldkeep upload abort`, or begin anew by --replace',
  OPEN_UPLOAD_EXISTS: 'go on with it by --resume, or end it and begin anew by --replace',
  FILE_BUSY: 'if that writer is gone for good, use --take-over',
  ATTEMPT_SUPERSEDED: 'look at `goldkeep upload status` before you write again',
  JOURNAL_DAMAGED: 'docs/operations/damaged-journals.md says how to go on',
  NO_SPACE: 'what was committed is kept; make room and repeat the command',
  VERSION_NOT_VALID: 'see `goldkeep version checks`; force is --force --reason TEXT',
  VERSION_MARKED_BAD: 'force is --force --reason TEXT',
  VERSION_DAMAGED: 'force is --force --reason TEXT',
  VERSION_UNREADABLE: 'force is --force --reason TEXT',
  PRIMARY_CHANGED: 'look at `goldkeep history` and decide again',
}

/** Any failure, with the exit code that it leads to. */
export function explainError(error: unknown, signal: AbortSignal): ExplainedError {
  if (error instanceof CliError && error.reason === 'INTERRUPTED') return error
  if (signal.aborted)
    return explained(
      'INTERRUPTED',
      'interrupted; what was acknowledged is kept, repeat the command to go on',
      exitCodes.interrupted,
    )
  if (error instanceof DomainError) {
    const what = advice[error.reason]
    const message = what ? `${error.message} (${what})` : error.message
    return { reason: error.reason, message, metadata: error.metadata, exit: reasons[error.reason].exit }
  }
  if (error instanceof CliError) return error
  if (error instanceof ProcessFailedError) {
    const metadata = { command: error.command, failure: error.failure, last_words: error.lastWords }
    const reason = error.role === 'producer' ? 'PRODUCER_FAILED' : 'CONSUMER_FAILED'
    // Its last words were shown as it said them.
    const what = error.role === 'producer' ? '; run it again, and this one file starts anew' : ''
    const message = `the ${error.role} ${error.command} failed: ${error.failure}${what}`
    return { reason, message, metadata, exit: exitCodes.processFailed }
  }
  if (error instanceof CommanderError)
    return explained('USAGE', `${error.message.replace(/^error: /, '')} (--help says how)`, exitCodes.usage)
  return explainSystemError(error)
}

function explainSystemError(error: unknown): ExplainedError {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return explained('NO_SPACE', `no space left here: ${message}`, exitCodes.noSpace)
  if (code === 'ENOENT' && path) return explained('USAGE', `there is no file ${path}`, exitCodes.usage)
  if (code && path) return explained('LOCAL_FILE', `cannot use ${path}: ${message}`, exitCodes.other)
  return explained('INTERNAL', error instanceof Error ? error.message : String(error), exitCodes.other)
}

function explained(reason: string, message: string, exit: ExitCode): ExplainedError {
  return { reason, message, metadata: {}, exit }
}
