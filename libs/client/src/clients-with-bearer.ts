import { createClientFactory, Metadata, type CallOptions, type ClientMiddleware } from 'nice-grpc'
import { errorDetailsClientMiddleware } from 'nice-grpc-error-details'
import { toDomainError } from '@goldkeep/contracts'

/**
 * Clients whose calls present the token that `bearer` gives, and whose errors are domain errors where
 * the server gave a reason. What is attached later wraps what was attached before.
 */
export function clientsWithBearer(bearer: () => Promise<string> | string) {
  return createClientFactory().use(errorDetailsClientMiddleware).use(domainErrors).use(withBearer(bearer))
}

const domainErrors: ClientMiddleware = async function* domainErrorsMiddleware(call, options) {
  try {
    return yield* call.next(call.request, options)
  } catch (error) {
    throw toDomainError(error) ?? error
  }
}

function withBearer(bearer: () => Promise<string> | string): ClientMiddleware {
  return async function* bearerMiddleware(call, options: CallOptions) {
    const metadata = Metadata(options.metadata).set('authorization', `Bearer ${await bearer()}`)
    return yield* call.next(call.request, { ...options, metadata })
  }
}
