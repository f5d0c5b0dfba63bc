import type { IdentifyCaller } from '@goldkeep/service'
import type { ClientMiddleware, ServerMiddleware } from 'nice-grpc'

type Confirm = () => Promise<void>

/**
 * Every answer of a service passes here, refusals too: none leaves a process that was stopped while another
 * took its volume over.
 * @param confirm see OwnedVolume.confirm
 */
export function answerAsOwner(confirm: Confirm): ServerMiddleware {
  return async function* answerAsOwnerMiddleware(call, context) {
    try {
      if (!call.responseStream) {
        const response = yield* call.next(call.request, context)
        await confirm()
        return response
      }
      for await (const response of call.next(call.request, context)) {
        await confirm()
        yield response
      }
      return undefined
    } catch (error) {
      await confirm()
      throw error
    }
  }
}

/** The same for callers that are refused before their request is read. */
export const identifyAsOwner =
  <Identity>(identify: IdentifyCaller<Identity>, confirm: Confirm): IdentifyCaller<Identity> =>
  async (...head) => {
    try {
      return await identify(...head)
    } catch (error) {
      await confirm()
      throw error
    }
  }

/** The same for what the service tells others of its own accord. */
export function tellAsOwner(confirm: Confirm): ClientMiddleware {
  return async function* tellAsOwnerMiddleware(call, options) {
    await confirm()
    return yield* call.next(call.request, options)
  }
}
