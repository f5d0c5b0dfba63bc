import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'

/** What a server lets its callers send before it has taken it, in bytes. */
export interface ReceiveBudget {
  /** Shared by the streams that receive; kept unless there are so many that each has the least. */
  readonly totalBytes: number
  /** One stream's window, at least and at most. */
  readonly leastBytes: number
  readonly mostBytes: number
}

const MiB = 1024 * 1024

/**
 * 4 MiB keep a link with a round trip of 10 ms busy at 400 MB/s. Up to 4 streams have that much, 64 have a
 * quarter of a MiB each, and from then on the sum grows with the streams. Of what is under way in a window
 * storage holds several times as much: twice the total took 100 MiB more with 64 uploads.
 */
export const defaultReceiveBudget: ReceiveBudget = {
  totalBytes: 16 * MiB,
  leastBytes: MiB / 4,
  mostBytes: 4 * MiB,
}

/**
 * Raises the HTTP/2 receive windows of one gRPC server, which are 64 KiB otherwise: 32 MB/s over a link with
 * a round trip of 2 ms. grpc-js has an option for it that only its clients honour.
 *
 * Node gives a connection's window back as soon as bytes arrive, and a stream's when they are read. So the
 * connection's window is opened once and wide, since else it is the one that holds everybody up, and the
 * memory is bounded by the streams' windows, which are divided anew as streams come and go. Whoever sends
 * nothing before it was answered has been told its share by then.
 */
export class ReceiveWindows {
  readonly #sessions = new Set<ServerHttp2Session>()
  /** One for each address: `localhost` may have two. */
  readonly #servers = new Set<Http2Server>()
  #receiving = 0
  #window: number

  constructor(private readonly budget: ReceiveBudget) {
    this.#window = budget.mostBytes
  }

  /** One stream's window now, in bytes. */
  get window(): number {
    return this.#window
  }

  /**
   * Runs what makes a server listen, and takes hold of that server before it accepts anybody. Node tells of
   * every server that begins to listen, so that nothing inside grpc-js has to be known.
   * @throws Error when no HTTP/2 server was seen: better no service than one that crawls unnoticed
   */
  async whileListening<T>(listen: () => Promise<T>): Promise<T> {
    // Tells our servers from those that others make meanwhile; it costs every promise some time while it is on.
    const ours = new AsyncLocalStorage<true>()
    const onListen = (message: unknown): void => {
      const { server } = message as { readonly server: object }
      if (ours.getStore() && isHttp2Server(server)) this.#attach(server)
    }
    subscribe(listenChannel, onListen)
    const answer = await ours.run(true, listen).finally(() => {
      unsubscribe(listenChannel, onListen)
      ours.disable()
    })
    if (this.#servers.size === 0)
      throw new Error(
        'the gRPC server began to listen and no HTTP/2 server was seen, so that its receive window stays at ' +
          '64 KiB: what @grpc/grpc-js or Node does here has changed, see receive-window.ts',
      )
    return answer
  }

  #attach(server: Http2Server): void {
    this.#servers.add(server)
    server.updateSettings({ initialWindowSize: this.#window })
    server.on('session', (session) => this.#addSession(session))
    server.on('stream', (stream) => this.#addStream(stream))
  }

  #addSession(session: ServerHttp2Session): void {
    session.setLocalWindowSize(this.budget.mostBytes)
    this.#sessions.add(session)
    session.once('close', () => this.#sessions.delete(session))
    session.on('localSettings', () => this.#tell(session))
  }

  #addStream(stream: ServerHttp2Stream): void {
    let receives = true
    const ended = (): void => {
      if (!receives) return
      receives = false
      this.#receiving -= 1
      this.#divide()
    }
    stream.once('end', ended).once('close', ended)
    this.#receiving += 1
    this.#divide()
  }

  #divide(): void {
    const window = shareOf(this.budget, this.#receiving, this.#window)
    if (window === this.#window) return
    this.#window = window
    for (const server of this.#servers) server.updateSettings({ initialWindowSize: window })
    for (const session of this.#sessions) this.#tell(session)
  }

  /** Tells a session its streams' window, one at a time: the next goes out when the last was acknowledged. */
  #tell(session: ServerHttp2Session): void {
    if (session.destroyed || session.closed || session.pendingSettingsAck) return
    if (session.localSettings.initialWindowSize !== this.#window)
      session.settings({ initialWindowSize: this.#window })
  }
}

/** Told before the server takes its first connection. */
const listenChannel = 'tracing:net.server.listen:asyncStart'

function isHttp2Server(server: object): server is Http2Server {
  return 'updateSettings' in server
}

/**
 * One of `sharers` shares, as the most bytes halved so often as needed. It shrinks at once, and grows only
 * when a few more sharers would not shrink it again.
 */
export function shareOf(budget: ReceiveBudget, sharers: number, current: number): number {
  const most = halvedToFit(budget, budget.totalBytes / Math.max(1, sharers))
  const growth = halvedToFit(budget, budget.totalBytes / Math.max(1, sharers * 1.5))
  return Math.max(growth, Math.min(current, most))
}

function halvedToFit({ leastBytes, mostBytes }: ReceiveBudget, bytes: number): number {
  let share = mostBytes
  while (share > bytes && share / 2 >= leastBytes) share /= 2
  return share
}
