/** What went wrong, independent of any transport. The gRPC status follows from it in one place. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'precondition'
  | 'out-of-range'
  | 'corrupt'
  | 'exhausted'
  | 'unavailable'
  | 'internal'

/** Exit codes of the command line. */
export const exitCodes = {
  done: 0,
  other: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  unreachable: 6,
  integrity: 7,
  noSpace: 8,
  processFailed: 9,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

interface ReasonEntry {
  readonly kind: ErrorKind
  readonly exit: ExitCode
}

const entry = (kind: ErrorKind, exit: ExitCode): ReasonEntry => ({ kind, exit })
const { usage, notFound, notAllowed, conflict, unreachable, integrity, noSpace, other } = exitCodes

/** Every reason with its kind and the exit code it leads to; mirrors `Reason` in errors.proto. */
export const reasons = {
  INVALID_FIELD: entry('invalid', usage),
  REQUEST_ID_REUSED: entry('invalid', usage),
  INVALID_SCHEMA: entry('invalid', usage),
  INVALID_PATH: entry('invalid', usage),
  UNAUTHENTICATED: entry('unauthenticated', notAllowed),
  PERMISSION_DENIED: entry('forbidden', notAllowed),
  TICKET_INVALID: entry('unauthenticated', notAllowed),
  TICKET_EXPIRED: entry('unauthenticated', notAllowed),
  IMAGE_NOT_FOUND: entry('not-found', notFound),
  VERSION_NOT_FOUND: entry('not-found', notFound),
  UPLOAD_NOT_FOUND: entry('not-found', notFound),
  DEPLOYMENT_NOT_FOUND: entry('not-found', notFound),
  TOKEN_NOT_FOUND: entry('not-found', notFound),
  FILE_NOT_FOUND: entry('not-found', notFound),
  VOLUME_NOT_FOUND: entry('not-found', notFound),
  JOB_NOT_FOUND: entry('not-found', notFound),
  VERSION_GONE: entry('not-found', notFound),
  AMBIGUOUS_REFERENCE: entry('invalid', usage),
  IMAGE_ON_VOLUME: entry('exists', conflict),
  IMAGE_EXISTS: entry('exists', conflict),
  NO_PRIMARY: entry('precondition', conflict),
  PRIMARY_CHANGED: entry('conflict', conflict),
  PRIMARY_MISSING: entry('precondition', conflict),
  PRIMARY_DAMAGED: entry('precondition', conflict),
  ETAG_MISMATCH: entry('conflict', conflict),
  VERSION_NOT_SEALED: entry('precondition', conflict),
  VERSION_NOT_VALID: entry('precondition', conflict),
  VERSION_MARKED_BAD: entry('precondition', conflict),
  VERSION_MISSING: entry('precondition', conflict),
  VERSION_DAMAGED: entry('precondition', integrity),
  VERSION_UNREADABLE: entry('precondition', conflict),
  VERSION_IN_USE: entry('precondition', conflict),
  NO_ROLLBACK_TARGET: entry('precondition', conflict),
  IMAGE_DISABLED: entry('precondition', conflict),
  OPEN_UPLOAD_EXISTS: entry('precondition', conflict),
  UPLOAD_ENDED: entry('precondition', conflict),
  UPLOAD_BUSY: entry('precondition', conflict),
  OFFSET_MISMATCH: entry('out-of-range', conflict),
  ATTEMPT_SUPERSEDED: entry('conflict', conflict),
  CHUNK_CORRUPT: entry('corrupt', integrity),
  DIGEST_MISMATCH: entry('corrupt', integrity),
  SIZE_MISMATCH: entry('out-of-range', integrity),
  FILE_BUSY: entry('precondition', conflict),
  FILE_COMPLETE: entry('precondition', conflict),
  FILE_UNFINISHED: entry('precondition', conflict),
  FILE_MISSING: entry('precondition', conflict),
  EXTRA_STAGED_FILES: entry('precondition', conflict),
  PROTOCOL_VIOLATION: entry('invalid', other),
  SEAL_BEGUN: entry('precondition', conflict),
  SCHEMA_MISMATCH: entry('precondition', conflict),
  ATTEMPT_BROKEN: entry('conflict', conflict),
  NO_SPACE: entry('exhausted', noSpace),
  LIMIT_EXCEEDED: entry('exhausted', noSpace),
  IO_ERROR: entry('internal', other),
  JOURNAL_DAMAGED: entry('precondition', integrity),
  DEPLOYMENT_ENDED: entry('precondition', conflict),
  AMBIGUOUS_MACHINE: entry('precondition', conflict),
  STALE_COMMAND: entry('conflict', conflict),
  CLAIM_LOST: entry('conflict', conflict),
  HOUSE_MISMATCH: entry('precondition', conflict),
  VOLUME_SERVED_ELSEWHERE: entry('precondition', conflict),
  VOLUME_RETIRED: entry('precondition', conflict),
  VOLUME_REPORTS: entry('precondition', conflict),
  NO_VOLUME: entry('unavailable', unreachable),
  PLACE_TAKEN: entry('exists', conflict),
  DOCUMENT_UNREADABLE: entry('precondition', conflict),
  PUBLICATION_CONFLICT: entry('conflict', conflict),
  ORDER_CONFLICT: entry('conflict', conflict),
  SHUTTING_DOWN: entry('unavailable', unreachable),
  UNAVAILABLE: entry('unavailable', unreachable),
  INTERNAL: entry('internal', other),
} as const satisfies Record<string, ReasonEntry>

export type Reason = keyof typeof reasons

export function isReason(value: string): value is Reason {
  return Object.hasOwn(reasons, value)
}
