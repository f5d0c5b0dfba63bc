import { DomainError, isReason, type ErrorKind } from '@goldkeep/domain'
import { Status } from 'nice-grpc-common'
import { Any, ErrorInfo, RichClientError, RichServerError } from 'nice-grpc-error-details'
import { Status as StatusMessage } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js'

/** The `domain` of every ErrorInfo. */
export const errorDomain = 'goldkeep'

/** The one place where a kind becomes a gRPC status. */
export const statusOfKind = {
  invalid: Status.INVALID_ARGUMENT,
  unauthenticated: Status.UNAUTHENTICATED,
  forbidden: Status.PERMISSION_DENIED,
  'not-found': Status.NOT_FOUND,
  exists: Status.ALREADY_EXISTS,
  conflict: Status.ABORTED,
  precondition: Status.FAILED_PRECONDITION,
  'out-of-range': Status.OUT_OF_RANGE,
  corrupt: Status.DATA_LOSS,
  exhausted: Status.RESOURCE_EXHAUSTED,
  unavailable: Status.UNAVAILABLE,
  internal: Status.INTERNAL,
} as const satisfies Record<ErrorKind, Status>

/** A domain error as the wire carries it. */
export function toServerError(error: DomainError): RichServerError {
  return new RichServerError(statusOfKind[error.kind], error.message, [infoOf(error)])
}

/** The same for a call that is refused before nice-grpc has heard of it: google.rpc.Status, encoded. */
export function encodeStatus(error: DomainError): Uint8Array {
  const value = ErrorInfo.encode(infoOf(error)).finish()
  const details = [Any.fromPartial({ typeUrl: `type.googleapis.com/${ErrorInfo.$type}`, value })]
  const { message } = error
  return StatusMessage.encode(
    StatusMessage.fromPartial({ code: statusOfKind[error.kind], message, details }),
  ).finish()
}

const infoOf = ({ reason, metadata }: DomainError): ErrorInfo =>
  ErrorInfo.fromPartial({ reason, domain: errorDomain, metadata: { ...metadata } })

/** The domain error that a server's answer carries, or `undefined` for an error that is not Goldkeep's. */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error
  if (!(error instanceof RichClientError)) return undefined
  for (const detail of error.extra) {
    if (detail.$type !== ErrorInfo.$type) continue
    const info = detail as ErrorInfo
    if (info.domain === errorDomain && isReason(info.reason))
      return new DomainError(info.reason, error.details, info.metadata, { cause: error })
  }
  return undefined
}
