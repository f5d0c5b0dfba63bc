import type { Kysely, Transaction } from 'kysely'
import { createHash } from 'node:crypto'
import { keepAnswer, rememberRequest } from '../db/request-ids-queries.js'
import type { DB } from '../db/tables.js'

/** How a message becomes bytes and back; generated code has this shape. */
interface Codec<Message, Partial> {
  fromPartial(partial: Partial): Message
  encode(message: Message): { finish(): Uint8Array }
  decode(bytes: Uint8Array): Message
}

/** A call that its caller may repeat with the same request id. */
export interface RepeatableCall {
  readonly method: string
  readonly requestId: string
  /** The request as `canonicalBytes` gives it. */
  readonly body: Uint8Array
}

/**
 * Runs a transaction whose answer is kept with it: a repeat of the request gets the first answer, and
 * nothing is done twice. Without a request id every call stands alone.
 * @throws DomainError REQUEST_ID_REUSED
 */
export function answerOnce<Message, Partial>(
  db: Kysely<DB>,
  call: RepeatableCall,
  codec: Codec<Message, Partial>,
  run: (trx: Transaction<DB>) => Promise<Partial>,
): Promise<Message> {
  return db.transaction().execute(async (trx) => {
    if (call.requestId === '') return codec.fromPartial(await run(trx))
    const request = { ...call, bodyHash: createHash('sha256').update(call.body).digest() }
    const remembered = await rememberRequest(trx, request)
    if (remembered) return codec.decode(remembered)
    const answer = codec.fromPartial(await run(trx))
    await keepAnswer(trx, request, codec.encode(answer).finish())
    return answer
  })
}
