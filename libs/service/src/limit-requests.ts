import { limitRequest } from '@goldkeep/contracts'
import type { ServerMiddleware } from 'nice-grpc'

/** Calls of the project's own contracts; those of health and reflection have messages of another make. */
const ownCalls = '/goldkeep.'

/** Holds every message of every call to the limits of its fields, so that no call can forget to. */
export const limitRequests: ServerMiddleware = async function* limitRequestsMiddleware(call, context) {
  const { path } = call.method
  if (!path.startsWith(ownCalls)) return yield* call.next(call.request, context)
  if (!call.requestStream) {
    limitRequest(path, call.request as object)
    return yield* call.next(call.request, context)
  }
  return yield* call.next(limitMessages(path, call.request) as typeof call.request, context)
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
