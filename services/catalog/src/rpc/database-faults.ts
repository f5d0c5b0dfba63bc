import { DomainError } from '@goldkeep/domain'
import type { ServerMiddleware } from 'nice-grpc'

/**
 * What PostgreSQL, its driver and the system call a connection that cannot be had or was lost: classes 08
 * and 57P, 53300 (too many connections), and the two conflicts that vanish when a call is repeated.
 */
const transientCodes = /^(08...|57P..|53300|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT)$/
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/

/** A database that is away for a while is told as UNAVAILABLE, so that callers try again. */
export const databaseFaults: ServerMiddleware = async function* databaseFaultsMiddleware(call, context) {
  try {
    return yield* call.next(call.request, context)
  } catch (error) {
    if (!isTransient(error)) throw error
    const cause = error instanceof Error ? error : undefined
    throw new DomainError('UNAVAILABLE', 'the database cannot be reached now; try again', {}, { cause })
  }
}

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return transientCodes.test(code) || driverMessages.test(error.message)
}
