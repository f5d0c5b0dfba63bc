import { toServerError } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import {
  createServer,
  ServerError,
  type Server,
  type ServerAddBuilder,
  type ServerMiddleware,
} from 'nice-grpc'
import { errorDetailsServerMiddleware } from 'nice-grpc-error-details'
import { isAbortError } from 'abort-controller-x'
import { Admission, type Admitted, type IdentifyCaller } from './admission/index.js'
import { limitRequests } from './limit-requests.js'
import type { Logger } from './logger.js'
import { readRequestsOf } from './read-requests.js'
import { ReceiveWindows, type ReceiveBudget } from './receive-window.js'

/** Room for a chunk of 1 MiB and its frame; larger messages are refused by the transport. */
export const maxMessageBytes = 4 * 1024 * 1024

/** Calls of one connection at once; a client waits with more. */
const maxStreamsOfConnection = 1_024

/**
 * A gRPC server of the house: errors carry their reason, unknown faults are logged and told apart, and every
 * request is held to the limits of its fields.
 * @param receive for servers that are sent much; absent: HTTP/2's own 64 KiB per connection
 */
export function createGrpcServer(log: Logger, receive?: ReceiveBudget): Server {
  return listeningWith(
    receive,
    createServer(options).use(errorDetailsServerMiddleware).use(domainErrors(log)).use(limitRequests),
  )
}

/** The same for whoever may reach it: nothing of a request is read before its caller has a place. */
export function createGuardedServer<Identity>(
  log: Logger,
  identify: IdentifyCaller<Identity>,
  receive?: ReceiveBudget,
): Server<Admitted<Identity>> {
  const admission = new Admission(identify, (error, path) => toDomainError(error, path, log))
  return listeningWith(
    receive,
    createServer({ ...options, interceptors: [admission.interceptor] })
      .use(errorDetailsServerMiddleware)
      .use(domainErrors(log))
      .use(admission.middleware)
      .use(limitRequests),
  )
}

const options = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_concurrent_streams': maxStreamsOfConnection,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
}

function listeningWith<Context>(
  receive: ReceiveBudget | undefined,
  server: Server<Context>,
): Server<Context> {
  if (!receive) return readingRequests(server)
  const windows = new ReceiveWindows(receive)
  const listen: Server['listen'] = (...where) => windows.whileListening(() => server.listen(...where))
  return { ...readingRequests(server), listen }
}

/** The same server, which reads the requests of every service that is added under limits. */
function readingRequests<Context>(server: Server<Context>): Server<Context> {
  return {
    ...server,
    ...addingReadRequests(server),
    use: (middleware) => readingRequests(server.use(middleware)),
  }
}

function addingReadRequests<Context>(builder: ServerAddBuilder<Context>): ServerAddBuilder<Context> {
  return {
    add: (definition, implementation) => builder.add(readRequestsOf(definition), implementation),
    with: (middleware) => addingReadRequests(builder.with(middleware)),
  }
}

/** Turns domain errors into statuses, and what nobody expected into INTERNAL. */
function domainErrors(log: Logger): ServerMiddleware {
  return async function* domainErrorsMiddleware(call, context) {
    try {
      return yield* call.next(call.request, context)
    } catch (error) {
      if (error instanceof ServerError || isAbortError(error)) throw error
      throw toServerError(toDomainError(error, call.method.path, log))
    }
  }
}

function toDomainError(error: unknown, rpc: string, log: Logger): DomainError {
  if (error instanceof DomainError) return error
  log.error({ err: error, rpc }, 'unexpected fault in a call')
  const shown = error instanceof Error ? error.message : String(error)
  return new DomainError('INTERNAL', `unexpected fault: ${shown}`)
}

/**
 * Stops taking calls, lets open ones end for `drainMs`, then cuts them (`tryShutdown` alone waits for
 * streams for ever).
 */
export async function closeGrpcServer(
  server: Pick<Server, 'shutdown' | 'forceShutdown'>,
  drainMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMs)
  })
  await Promise.race([server.shutdown(), late])
  clearTimeout(timer)
  server.forceShutdown()
}
