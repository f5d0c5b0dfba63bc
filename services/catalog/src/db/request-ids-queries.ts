import { DomainError } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { DB } from './tables.js'

/** A request that its caller may repeat. */
export interface RepeatableRequest {
  readonly method: string
  readonly requestId: string
  /** SHA-256 of the request as it came. */
  readonly bodyHash: Buffer
}

/**
 * Remembers a request in its own transaction. The first to come gets `undefined` and does the work; a
 * repeat waits for the first to commit and gets its answer.
 * @throws DomainError REQUEST_ID_REUSED when the body is another
 */
export async function rememberRequest(
  trx: Transaction<DB>,
  request: RepeatableRequest,
): Promise<Buffer | undefined> {
  const { method, requestId, bodyHash } = request
  const first = await trx
    .insertInto('requestIds')
    .values({ method, requestId, bodyHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning('requestId')
    .executeTakeFirst()
  if (first) return undefined
  const remembered = await trx
    .selectFrom('requestIds')
    .select(['bodyHash', 'response'])
    .where('method', '=', method)
    .where('requestId', '=', requestId)
    .executeTakeFirstOrThrow()
  if (!remembered.bodyHash.equals(bodyHash))
    throw new DomainError(
      'REQUEST_ID_REUSED',
      `request_id ${requestId} was used before with another request; make a new one for each request`,
      { request_id: requestId },
    )
  return remembered.response ?? Buffer.alloc(0)
}

export async function keepAnswer(
  trx: Transaction<DB>,
  request: RepeatableRequest,
  response: Uint8Array,
): Promise<void> {
  await trx
    .updateTable('requestIds')
    .set({ response: Buffer.from(response) })
    .where('method', '=', request.method)
    .where('requestId', '=', request.requestId)
    .execute()
}

export async function forgetRequests(trx: Transaction<DB>, days: number): Promise<void> {
  await trx
    .deleteFrom('requestIds')
    .where('createdAt', '<', sql<Date>`now() - ${days} * interval '1 day'`)
    .execute()
}
