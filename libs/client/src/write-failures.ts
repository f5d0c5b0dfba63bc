import { DomainError } from '@goldkeep/domain'
import { ProcessFailedError } from './process-failed.js'

/** Worth another try. */
export function unavailable(cause: Error): DomainError {
  return new DomainError('UNAVAILABLE', cause.message, {}, { cause })
}

export function supersededMeanwhile(cause: DomainError): DomainError {
  return new DomainError(
    'ATTEMPT_SUPERSEDED',
    `${cause.message}; it took the file while this one was not connected`,
    cause.metadata,
    { cause },
  )
}

/** What storage is told of a source that failed. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof ProcessFailedError)) return error instanceof Error ? error.message : String(error)
  return `${error.command}: ${error.failure}${error.lastWords && `\n${error.lastWords}`}`
}
