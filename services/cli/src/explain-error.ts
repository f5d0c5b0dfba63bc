import { ProcessFailedError } from '@goldkeep/client'
import { DomainError, exitCodes, reasons, type ExitCode, type Reason } from '@goldkeep/domain'
import { CommanderError, type Command } from 'commander'
import { CliError } from './cli-error.js'

/** A failure as a person and a program see it. */
export interface ExplainedError {
  readonly reason: string
  readonly message: string
  readonly metadata: Readonly<Record<string, string>>
  readonly exit: ExitCode
}

/** What to do, where the message of the service cannot know it: each of these is a way to go on. */
const advice: Partial<Record<Reason, readonly string[]>> = {
  UNAVAILABLE: ['is it running? It is safe to repeat the command; `goldkeep doctor` looks closer'],
  SHUTTING_DOWN: ['it is safe to repeat the command in a moment'],
  UNAUTHENTICATED: ['check GOLDKEEP_TOKEN or the context file; `goldkeep doctor` says which is used'],
  IMAGE_NOT_FOUND: ['`goldkeep image list` shows those there are'],
  VOLUME_NOT_FOUND: ['`goldkeep volume list` shows those there are'],
  VERSION_NOT_FOUND: ['`goldkeep version list` shows those there are'],
  UPLOAD_NOT_FOUND: ['`goldkeep upload list` shows those there are'],
  DEPLOYMENT_NOT_FOUND: ['`goldkeep deploy list` shows those there are'],
  TOKEN_NOT_FOUND: ['`goldkeep token list` shows those there are'],
  SCHEMA_MISMATCH: ['end the upload by `goldkeep upload abort`', 'begin another by --replace'],
  OPEN_UPLOAD_EXISTS: ['go on with it by --resume', 'end it and begin another by --replace'],
  FILE_BUSY: ['if that writer is gone for good, use --take-over'],
  ATTEMPT_SUPERSEDED: ['look at `goldkeep upload status` before you write again'],
  JOURNAL_DAMAGED: ['docs/operations/damaged-journals.md says how to go on'],
  VERSION_NOT_VALID: ['see `goldkeep version checks`', 'to override, add --force --reason TEXT'],
  VERSION_MARKED_BAD: ['to override, add --force --reason TEXT'],
  VERSION_DAMAGED: ['to override, add --force --reason TEXT'],
  VERSION_UNREADABLE: ['to override, add --force --reason TEXT'],
  PRIMARY_MISSING: ['`goldkeep promote` another', '`goldkeep rollback`'],
  PRIMARY_DAMAGED: ['`goldkeep promote` another', 'to override, add --force --reason TEXT'],
  VOLUME_RETIRED: ['`goldkeep volume take-back`'],
  PRIMARY_CHANGED: ['look at `goldkeep history` and decide again'],
}

/** The ways that the command has: an option that it lacks is no advice. */
export function adviceFor(reason: Reason, command: Command | undefined): string {
  const ways = (advice[reason] ?? []).filter((way) => flagsIn(way).every((flag) => hasOption(command, flag)))
  return ways.join('; or ')
}

/** All options that advice may name. */
export const adviceFlags = (): string[] => Object.values(advice).flat().flatMap(flagsIn)

const flagsIn = (text: string): string[] => text.replace(/`[^`]*`/g, '').match(/--[a-z-]+/g) ?? []

function hasOption(command: Command | undefined, flag: string): boolean {
  return command?.options.some(({ long }) => long === flag) ?? false
}

/**
 * Any failure, with the exit code that it leads to.
 * @param command that failed, when it was understood
 */
export function explainError(error: unknown, signal: AbortSignal, command?: Command): ExplainedError {
  if (error instanceof CliError && error.reason === 'INTERRUPTED') return error
  if (signal.aborted)
    return explained(
      'INTERRUPTED',
      'interrupted; what was acknowledged is kept, repeat the command to go on',
      exitCodes.interrupted,
    )
  if (error instanceof DomainError) {
    const what = adviceFor(error.reason, command)
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

/** What the system says of a file here, for a person. */
const plainWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system can only be read',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'something else is there already',
  EISDIR: 'expected a file, found a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
}

function explainSystemError(error: unknown): ExplainedError {
  const { code, path, message, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return explained('NO_SPACE', `no space left here: ${message}`, exitCodes.noSpace)
  const what = code && plainWords[code]
  if (what && path) return explained('LOCAL_FILE', `cannot use ${path}: ${what}`, exitCodes.other)
  if (code === 'ENOENT' && path && syscall === 'mkdir')
    return explained('LOCAL_FILE', `cannot make the folder ${path}`, exitCodes.other)
  if (code === 'ENOENT' && path) return explained('USAGE', `there is no file ${path}`, exitCodes.usage)
  if (code && path) return explained('LOCAL_FILE', `cannot use ${path}: ${message}`, exitCodes.other)
  return explained('INTERNAL', error instanceof Error ? error.message : String(error), exitCodes.other)
}

function explained(reason: string, message: string, exit: ExitCode): ExplainedError {
  return { reason, message, metadata: {}, exit }
}
