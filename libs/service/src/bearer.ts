import { DomainError } from '@goldkeep/domain'
import type { Metadata } from 'nice-grpc-common'

/**
 * The bearer token of a call.
 * @throws DomainError UNAUTHENTICATED when there is none
 */
export function bearerOf(metadata: Metadata): string {
  const header = metadata.get('authorization') ?? ''
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1]
  if (token === undefined)
    throw new DomainError(
      'UNAUTHENTICATED',
      'expected "authorization: Bearer <token>" in the metadata, found none',
    )
  return token
}
