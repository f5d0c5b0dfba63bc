import { limitRequest } from '@goldkeep/contracts'
import type { ServerMiddleware } from 'nice-grpc'
import { LongRequest } from './read-requests.js'
import { takeTurn } from './turns.js'

/** Calls of the project's own contracts; those of health and reflection have messages of another make. */
const ownCalls = '/goldkeep.'

/** Holds every message of every call to the limits of its fields, so that no call can forget to. */
export const limitRequests: ServerMiddleware = async function* limitRequestsMiddleware(call, context) {
  const { path } = call.method
  if (!path.startsWith(ownCalls)) return yield* call.next(call.request, context)
  if (!call.requestStream) {
    const request = await readInTurn(call.request)
    limitRequest(path, request)
    return yield* call.next(request, context)
  }
  return yield* call.next(limitMessages(path, call.request) as typeof call.request, context)
}

/** Of long requests one is read in each turn of the event loop. */
async function readInTurn<Request>(request: Request): Promise<Request & object> {
  if (!(request instanceof LongRequest)) return request as Request & object
  await takeTurn()
  return request.read() as Request & object
}

/** Not a generator: that would cost each chunk of an upload several turns. */
function limitMessages<Message>(path: string, messages: AsyncIterable<Message>): AsyncIterable<Message> {
  const limit = (result: IteratorResult<Message>): IteratorResult<Message> => {
    if (!result.done) limitRequest(path, result.value as object)
    return result
  }
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = messages[Symbol.asyncIterator]()
      return {
        next: () => iterator.next().then(limit),
        return: async (value?: unknown) =>
          (await iterator.return?.(value)) ?? { done: true as const, value: undefined },
      }
    },
  }
}
