import { exitCodes, type ExitCode } from '@goldkeep/domain'

/** A failure that the command line itself finds, with its exit code. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(
    /** As in an error document: `USAGE`, `CHECKS_FAILED`. */
    readonly reason: string,
    message: string,
    readonly exit: ExitCode,
    readonly metadata: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

export function usageError(message: string): CliError {
  return new CliError('USAGE', message, exitCodes.usage)
}

/** What was asked for is done, and what it found is bad. */
/** @param versionId absent while there is no version */
export function checksFailed(message: string, versionId?: string): CliError {
  const metadata = versionId === undefined ? {} : { version_id: versionId }
  return new CliError('CHECKS_FAILED', message, exitCodes.integrity, metadata)
}
