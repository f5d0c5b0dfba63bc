import { reasons, type ErrorKind, type Reason } from './reasons.js'

/** At most this many items of a list are given in an error's metadata. */
export const maxListedItems = 10

/**
 * A refusal in the domain's words. The message says what was expected, what was found, and what to do;
 * `metadata` carries the same as strings for programs.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly kind: ErrorKind

  constructor(
    readonly reason: Reason,
    message: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.kind = reasons[reason].kind
  }
}

export function isDomainError(error: unknown, reason?: Reason): error is DomainError {
  return error instanceof DomainError && (reason === undefined || error.reason === reason)
}

/** The first items of a list as one string, with the number of those left out. */
export function listed(items: readonly string[]): string {
  const shown = items.slice(0, maxListedItems).join(', ')
  const rest = items.length - maxListedItems
  return rest > 0 ? `${shown} and ${rest} more` : shown
}
