import { DomainError, isDomainError } from '@goldkeep/domain'
import type { ServerMiddleware } from 'nice-grpc'
import type { DatabaseSpace } from './database-space.js'

/**
 * The codes by which PostgreSQL and the system name a connection that cannot be had or was lost (classes 08 and
 * 57P, 53300 too many connections, 25P03 idle for too long), a database that is being put back from a copy (3D000 not
 * there, 55000 takes no connections), a server that is not primary yet (25006), limits of time (57014 statement,
 * 55P03 lock), and the two conflicts that vanish when a call is repeated.
 */
const transientCodes =
  /^(08...|57P..|3D000|55000|57014|55P03|25P03|25006|53300|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
/** The database's disk has no room; there will be some when somebody has made it. */
const diskFull = '53100'
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered)/

/**
 * A database that is away for a while is told as UNAVAILABLE, so that callers try again. A connection may be lost
 * after its transaction was committed: a repeat with the same request id answers what was done.
 */
export const databaseFaults = (space: Pick<DatabaseSpace, 'noteRefusal'>): ServerMiddleware =>
  async function* databaseFaultsMiddleware(call, context) {
    try {
      return yield* call.next(call.request, context)
    } catch (error) {
      const fault = toDatabaseFault(error, canChange(call.request))
      if (isDomainError(fault, 'NO_SPACE') && fault !== error) space.noteRefusal()
      throw fault
    }
  }

/** What changes something comes with a request id, by which a repeat is known. */
const canChange = (request: unknown): boolean =>
  typeof request === 'object' && request !== null && 'requestId' in request

/** The error that a caller is told; others than of the database stay as they are. */
export function toDatabaseFault(error: unknown, canHaveChanged = false): unknown {
  if (!isTransient(error)) return error
  const cause = error instanceof Error ? error : undefined
  if (codeOf(error) === diskFull)
    return new DomainError(
      'NO_SPACE',
      'the disk of the database is full, and nothing was changed; make room on it, then try again',
      {},
      { cause },
    )
  const refusal = refusals.find(({ of }) => of.test(codeOf(error)) || of.test(cause?.message ?? ''))
  const change = canHaveChanged ? ', and the change may or may not have been made' : ''
  const sentence = `${refusal?.sentence ?? 'the database cannot be reached now'}${change}`
  return new DomainError('UNAVAILABLE', sentence, {}, { cause })
}

/** Refusals of a database that is there. */
const refusals: readonly { readonly of: RegExp; readonly sentence: string }[] = [
  {
    of: /^timeout exceeded when trying to connect/,
    sentence: 'no connection to the database became free in time: it is away, or has too much to do',
  },
  { of: /^57014$/, sentence: 'the database ended a statement that took too long' },
  { of: /^55P03$/, sentence: 'another call kept the database waiting for a lock' },
  { of: /^(40001|40P01)$/, sentence: 'another call was in the way at the same moment' },
]

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false
  const code = codeOf(error)
  return code === diskFull || transientCodes.test(code) || driverMessages.test(error.message)
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
