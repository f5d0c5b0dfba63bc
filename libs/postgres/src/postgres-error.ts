export type PostgresFault =
  'in-use' | 'port-taken' | 'unreachable-directory' | 'no-binaries' | 'no-user' | 'start-failed'

/** Why the embedded PostgreSQL cannot run here, in a sentence for the administrator. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError'
  constructor(
    readonly fault: PostgresFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
