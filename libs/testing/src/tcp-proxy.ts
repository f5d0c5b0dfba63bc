import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { delayStream, type DelayedStream } from './delay-stream.js'

export interface TcpProxy {
  readonly port: number
  /** `127.0.0.1:<port>` */
  readonly address: string
  /** Holds each byte back for so long, in each direction; counts for what comes from now on. */
  readonly delay: (milliseconds: number) => void
  /** Resets every connection now; new ones are taken. */
  readonly cut: () => void
  /** Resets the connection on which so many more bytes to the target are reached, once. */
  readonly cutAfter: (bytes: number) => void
  /** Passes nothing in either direction, and keeps the connections: a cable that is unplugged. */
  readonly stall: () => void
  /** Stalls once so many more bytes have gone to the target. */
  readonly stallAfter: (bytes: number) => void
  /** Stalls once so many more bytes have come back from the target. */
  readonly stallBackAfter: (bytes: number) => void
  readonly stalled: () => boolean
  readonly resume: () => void
  /**
   * The target vanishes without a reset, as a dead host or a firewall does: connections stay and carry nothing
   * for ever, and new ones are accepted and never answered.
   */
  readonly vanish: () => void
  /** New connections go to this `host:port`; those from before `vanish` stay dead. */
  readonly pointTo: (target: string) => void
  /** Refuses new connections until told otherwise. */
  readonly refuse: (refusing: boolean) => void
  /** Bytes that went to the target. */
  readonly forwarded: () => number
  /** Bytes that went back. */
  readonly returned: () => number
  readonly connections: () => number
  readonly stop: () => Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  /** Its target has vanished. */
  gone: boolean
}

/** Stands between a client and `host:port`, and spoils the connection as told. */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const line = {
    target: new URL(`tcp://${target}`),
    vanished: false,
    delayMs: 0,
    stalled: false,
    refusing: false,
    forwarded: 0,
    cutAt: Number.POSITIVE_INFINITY,
    stallAt: Number.POSITIVE_INFINITY,
    returned: 0,
    stallBackAt: Number.POSITIVE_INFINITY,
  }
  const pairs = new Set<Pair>()
  /** Connections that were accepted and lead nowhere. */
  const swallowed = new Set<Socket>()
  const streams = new Set<DelayedStream>()

  const pass = (pair: Pair, from: Socket, to: Socket, onBytes: (count: number) => void): void => {
    const stream = delayStream(from, to, {
      delayMs: () => line.delayMs,
      stalled: () => line.stalled || pair.gone,
      onBytes,
    })
    streams.add(stream)
    from.once('close', () => streams.delete(stream))
  }
  const reset = ({ client, server }: Pair): void => {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }
  const swallow = (client: Socket): void => {
    swallowed.add(client)
    client.on('error', () => {}).once('close', () => swallowed.delete(client))
  }
  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    if (line.refusing) return void client.resetAndDestroy()
    if (line.vanished) return swallow(client)
    const { hostname: host, port } = line.target
    const server = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true })
    const pair: Pair = { client, server, gone: false }
    pairs.add(pair)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => other.destroy())
      socket.once('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    pass(pair, client, server, (count) => {
      line.forwarded += count
      if (line.forwarded >= line.stallAt) {
        line.stallAt = Number.POSITIVE_INFINITY
        line.stalled = true
      }
      if (line.forwarded >= line.cutAt) {
        line.cutAt = Number.POSITIVE_INFINITY
        reset(pair)
      }
    })
    pass(pair, server, client, (count) => {
      line.returned += count
      if (line.returned < line.stallBackAt) return
      line.stallBackAt = Number.POSITIVE_INFINITY
      line.stalled = true
    })
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
  const listening = (listener.address() as AddressInfo).port
  return {
    port: listening,
    address: `127.0.0.1:${String(listening)}`,
    delay: (milliseconds) => void (line.delayMs = milliseconds),
    cut: () => [...pairs].forEach(reset),
    cutAfter: (bytes) => void (line.cutAt = line.forwarded + bytes),
    stall: () => void (line.stalled = true),
    stallAfter: (bytes) => void (line.stallAt = line.forwarded + bytes),
    stallBackAfter: (bytes) => void (line.stallBackAt = line.returned + bytes),
    stalled: () => line.stalled,
    resume: () => {
      line.stalled = false
      for (const stream of streams) stream.flush()
    },
    vanish: () => {
      line.vanished = true
      for (const pair of pairs) pair.gone = true
    },
    pointTo: (next) => {
      line.target = new URL(`tcp://${next}`)
      line.vanished = false
    },
    refuse: (refusing) => void (line.refusing = refusing),
    forwarded: () => line.forwarded,
    returned: () => line.returned,
    connections: () => pairs.size,
    stop: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      for (const socket of swallowed) socket.destroy()
      for (const { client, server } of pairs) {
        client.destroy()
        server.destroy()
      }
      await closed
    },
  }
}
