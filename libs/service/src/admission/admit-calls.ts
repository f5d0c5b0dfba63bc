import { encodeStatus, statusOfKind } from '@goldkeep/contracts'
import type { DomainError } from '@goldkeep/domain'
import { Metadata as WireMetadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'
import {
  Metadata,
  type CallContext,
  type ServerMiddleware,
  type ServerMiddlewareCall,
} from 'nice-grpc-common'
import { Places, type PlaceLimits } from './places.js'

/** What is known of a call before anything of its request is read. */
export interface CallHead {
  /** `/goldkeep.catalog.v1.Images/Promote`. */
  readonly method: string
  /** Holds the bearer, if there is one. */
  readonly metadata: Metadata
  /** Where it comes from, without a port. */
  readonly address: string
}

/** Whose call it is, and how many calls of that caller there may be. */
export interface Caller<Identity> extends PlaceLimits {
  /** For people as well: `upload 20261122T181502Z-4k7q`. */
  readonly key: string
  /** Is added to the call's context. */
  readonly identity: Identity
}

/** @throws DomainError for a caller that is refused */
export type IdentifyCaller<Identity> = (head: CallHead, signal: AbortSignal) => Promise<Caller<Identity>>

export interface Admitted<Identity> {
  readonly identity: Identity
}

interface Place {
  readonly identity: unknown
  readonly leave: () => void
  hasBegun: boolean
}

/** Written over whatever a caller sends under this name. */
const placeHeader = 'goldkeep-place'

/**
 * Lets calls in. Who calls is found out by the head of a call, and its request is read only once the caller has
 * a place: whoever has none costs no more than a head. A place is left when the work has ended, also that of a
 * call that was cancelled.
 */
export class Admission<Identity> {
  readonly places = new Places()
  readonly #open = new Map<string, Place>()
  #admitted = 0

  /** @param toDomainError what a failure of `identify` is told as */
  constructor(
    private readonly identify: IdentifyCaller<Identity>,
    private readonly toDomainError: (error: unknown, method: string) => DomainError,
  ) {}

  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    const ended = new AbortController()
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const head = headOf(path, metadata, call.getPeer())
            this.#admit(head, ended.signal).then(
              (id) => {
                metadata.set(placeHeader, id)
                proceed(metadata)
              },
              (error: unknown) => {
                if (!ended.signal.aborted) call.sendStatus(statusOf(this.toDomainError(error, path)))
              },
            )
          },
          onCancel: () => ended.abort(new Error('the call has ended')),
        }),
    })
  }

  /** Comes before every other one that reads a request. */
  readonly middleware: ServerMiddleware<Admitted<Identity>> = (call, context) => this.#work(call, context)

  async *#work<Request, Response>(
    call: ServerMiddlewareCall<Request, Response, Admitted<Identity>>,
    context: CallContext,
  ): AsyncGenerator<Response, Response | void, undefined> {
    const place = this.#open.get(context.metadata.get(placeHeader) ?? '')
    if (!place) throw new Error('a call came past the admission')
    place.hasBegun = true
    try {
      return yield* call.next(call.request, { ...context, identity: place.identity as Identity })
    } finally {
      place.leave()
    }
  }

  /** @returns what the place is found by */
  async #admit(head: CallHead, ended: AbortSignal): Promise<string> {
    const { key, identity, ...limits } = await this.identify(head, ended)
    const leave = await this.places.take(key, limits, ended)
    const id = String((this.#admitted += 1))
    const place = { identity, hasBegun: false, leave: () => this.#open.delete(id) && leave() }
    this.#open.set(id, place)
    const leaveUnused = (): void => {
      if (!place.hasBegun) place.leave()
    }
    if (ended.aborted) leaveUnused()
    else ended.addEventListener('abort', leaveUnused, { once: true })
    return id
  }
}

function headOf(method: string, wire: WireMetadata, peer: string): CallHead {
  const metadata = Metadata()
  const [bearer] = wire.get('authorization')
  if (bearer !== undefined) metadata.set('authorization', String(bearer))
  return { method, metadata, address: peer.replace(/:\d+$/, '') }
}

function statusOf(error: DomainError) {
  const metadata = new WireMetadata()
  metadata.set('grpc-status-details-bin', Buffer.from(encodeStatus(error)))
  return { code: statusOfKind[error.kind] as number, details: error.message, metadata }
}
