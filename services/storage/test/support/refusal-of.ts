import { DomainError } from '@goldkeep/domain'
import { ClientError, Status } from 'nice-grpc'

/** What came over the wire: the status, and the reason in its details where there was one. */
export interface Refusal {
  readonly status: string
  readonly reason: string
}

/** @throws Error when the call was not refused by the server */
export async function refusalOf(call: () => Promise<unknown>): Promise<Refusal> {
  const error = await call().then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  const answer = error instanceof DomainError ? error.cause : error
  if (!(answer instanceof ClientError)) throw new Error('expected a refusal from the wire', { cause: error })
  return { status: Status[answer.code] ?? '', reason: error instanceof DomainError ? error.reason : '' }
}
