import { catalog } from '@goldkeep/contracts'
import type { ClientMiddleware } from 'nice-grpc-common'
import { openChannel } from './channel.js'
import { clientsWithBearer } from './clients-with-bearer.js'
import { toCallError, withRetries, type RetryPolicy } from './retry.js'

export interface CatalogOptions {
  /** `host:port` */
  readonly address: string
  readonly token: string
  readonly retry: RetryPolicy
  /** How long one try may take. */
  readonly callTimeoutMs?: number
}

/** The catalog's services, over one connection. */
export type CatalogConnection = ReturnType<typeof connectCatalog>

/**
 * Connects when first called. Calls are repeated while the catalog cannot be reached, so whoever creates
 * gives a request id. Every failure is a DomainError: UNAVAILABLE when `retry` has run out.
 */
export function connectCatalog(options: CatalogOptions) {
  const channel = openChannel(options.address)
  const factory = clientsWithBearer(() => options.token).use(retrying(options))
  return {
    address: options.address,
    images: factory.create(catalog.ImagesDefinition, channel),
    versions: factory.create(catalog.VersionsDefinition, channel),
    uploads: factory.create(catalog.UploadsDefinition, channel),
    deployments: factory.create(catalog.DeploymentsDefinition, channel),
    volumes: factory.create(catalog.VolumesDefinition, channel),
    jobs: factory.create(catalog.JobsDefinition, channel),
    tokens: factory.create(catalog.TokensDefinition, channel),
    close: () => channel.close(),
  }
}

/** Every catalog call that users make is unary, so that a call can be made again from its request. */
function retrying({ address, retry, callTimeoutMs = 30_000 }: CatalogOptions): ClientMiddleware {
  return async function* retryingMiddleware(call, options) {
    if (call.requestStream || call.responseStream) return yield* call.next(call.request, options)
    try {
      return await withRetries(retry, async () => {
        const signals = [options.signal, retry.signal, AbortSignal.timeout(callTimeoutMs)]
        const signal = AbortSignal.any(signals.filter((one) => one !== undefined))
        const answer = await call.next(call.request, { ...options, signal }).next()
        return answer.value as Exclude<typeof answer.value, void>
      })
    } catch (error) {
      throw toCallError(error, 'the catalog', address)
    }
  }
}
