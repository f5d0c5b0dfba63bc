import {
  createChannel,
  createClientFactory,
  Metadata,
  type CallOptions,
  type Channel,
  type ClientMiddleware,
} from 'nice-grpc'
import { errorDetailsClientMiddleware } from 'nice-grpc-error-details'
import { toDomainError } from '@goldkeep/contracts'

/** Options that every channel of the house uses; windows of 4 MiB keep a link with latency full. */
export const channelOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
} as const

export function openChannel(address: string): Channel {
  return createChannel(address, undefined, channelOptions)
}

/** Clients whose calls present the token that `bearer` gives, and whose errors are domain errors. */
export function clientsWithBearer(bearer: () => Promise<string> | string) {
  return createClientFactory().use(withBearer(bearer)).use(errorDetailsClientMiddleware).use(domainErrors)
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
