import { storage } from '@goldkeep/contracts'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createClient } from 'nice-grpc'
import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import {
  closeGrpcServer,
  createGrpcServer,
  createLogger,
  defaultReceiveBudget,
  openChannel,
  type ReceiveBudget,
} from './index.js'
import { ReceiveWindows, shareOf } from './receive-window.js'

const KiB = 1024
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A service that takes chunks and tells how many bytes have come. */
async function startReceiver(receive?: ReceiveBudget) {
  const come = { bytes: 0, onBytes: (): void => {} }
  const server = createGrpcServer(createLogger('test', 'silent'), receive)
  const unasked = (): Promise<never> => Promise.reject(new Error('nobody asks for this'))
  server.add(storage.UploadDataDefinition, {
    open: unasked,
    getStatus: unasked,
    seal: unasked,
    async *write(requests: AsyncIterable<storage.WriteRequest>) {
      yield { message: { $case: 'ready', value: {} } }
      for await (const { message } of requests) {
        if (message?.$case === 'chunk') come.bytes += message.value.data.length
        come.onBytes()
      }
    },
  })
  const port = await server.listen('127.0.0.1:0')
  ends.push(() => closeGrpcServer(server, 0))
  const reach = (bytes: number): Promise<void> =>
    new Promise((resolve) => {
      come.onBytes = () => come.bytes >= bytes && resolve()
      come.onBytes()
    })
  return { port, come, reach }
}

/** A line on which nothing comes back from some moment on: the longest delay there is. */
async function startOneWayLine(port: number) {
  const servers: Socket[] = []
  const line = createServer((client) => {
    const server = connect(port, '127.0.0.1')
    servers.push(server)
    client.on('error', () => server.destroy()).on('close', () => server.destroy())
    server.on('error', () => client.destroy()).on('close', () => client.destroy())
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
  ends.push(() => line.close())
  return {
    port: (line.address() as AddressInfo).port,
    answerNoMore: () => servers.forEach((server) => server.unpipe()),
  }
}

/** Sends chunks without end, once the first answer has come and nothing comes back any more. */
async function sendUnanswered(line: Awaited<ReturnType<typeof startOneWayLine>>): Promise<void> {
  const channel = openChannel(`127.0.0.1:${String(line.port)}`)
  const stop = new AbortController()
  const data = Buffer.alloc(64 * KiB)
  let sendOn = (): void => {}
  const mayOn = new Promise<void>((resolve) => (sendOn = resolve))
  async function* requests(): AsyncGenerator<storage.WriteRequest> {
    yield { message: undefined }
    await mayOn
    for (;;) yield { message: { $case: 'chunk', value: { offset: 0n, data, crc32: 0 } } }
  }
  const client = createClient(storage.UploadDataDefinition, channel)
  const answers = client.write(requests(), { signal: stop.signal })[Symbol.asyncIterator]()
  await answers.next()
  line.answerNoMore()
  sendOn()
  const over = answers.next().catch(() => {})
  ends.push(async () => {
    stop.abort()
    await over
    channel.close()
  })
}

describe('a server that is sent much', () => {
  test('receives megabytes before its first word could have come back', async () => {
    const receiver = await startReceiver(defaultReceiveBudget)
    await sendUnanswered(await startOneWayLine(receiver.port))
    // The window less the last frame, which may not fit.
    await receiver.reach(defaultReceiveBudget.mostBytes - 64 * KiB)
    expect(receiver.come.bytes).toBeLessThanOrEqual(defaultReceiveBudget.mostBytes)
  })

  test('receives 64 KiB in that time without its windows, as HTTP/2 has it', async () => {
    const receiver = await startReceiver()
    const raised = await startReceiver({ ...defaultReceiveBudget, mostBytes: 1024 * KiB })
    await sendUnanswered(await startOneWayLine(receiver.port))
    await sendUnanswered(await startOneWayLine(raised.port))
    await raised.reach(960 * KiB)
    expect(receiver.come.bytes).toBeLessThanOrEqual(64 * KiB)
  })

  test('does not start when nothing shows how to raise its windows', async () => {
    const listen = new ReceiveWindows(defaultReceiveBudget).whileListening(() => Promise.resolve(1))
    await expect(listen).rejects.toThrow('no HTTP/2 server was seen')
  })
})

describe('the budget of a server', () => {
  const budget = { totalBytes: 1024 * KiB, leastBytes: 32 * KiB, mostBytes: 256 * KiB }

  async function connectTo(port: number): Promise<ClientHttp2Session> {
    const session = connectHttp2(`http://127.0.0.1:${String(port)}`)
    session.on('error', () => {})
    ends.push(() => session.destroy())
    await new Promise((resolve) => session.once('remoteSettings', resolve))
    return session
  }

  const windowOf = (session: ClientHttp2Session) => session.remoteSettings.initialWindowSize

  /** Resolves when each session has been told the window; waits for what they are told, not for time. */
  async function untilAllHave(sessions: readonly ClientHttp2Session[], bytes: number): Promise<void> {
    for (const session of sessions)
      while (windowOf(session) !== bytes)
        await new Promise((resolve) => session.once('remoteSettings', resolve))
  }

  const headers = {
    ':method': 'POST',
    ':path': '/goldkeep.storage.v1.UploadData/Write',
    'content-type': 'application/grpc',
  }

  function openStream(session: ClientHttp2Session): ClientHttp2Stream {
    return session.request(headers).on('error', () => {})
  }

  test('is divided anew among many connections when their streams come and when they go', async () => {
    const { port } = await startReceiver(budget)
    const sessions: ClientHttp2Session[] = []
    for (let count = 0; count < 16; count += 1) sessions.push(await connectTo(port))
    await untilAllHave(sessions, budget.mostBytes)
    for (const session of sessions) openStream(session)
    await untilAllHave(sessions, budget.totalBytes / 16)
    const [first, ...rest] = sessions
    for (const session of rest) session.destroy()
    await untilAllHave(first ? [first] : [], budget.mostBytes)
  })

  test('is divided among the streams of one connection that still receive', async () => {
    const { port } = await startReceiver(budget)
    const session = await connectTo(port)
    const streams = Array.from({ length: 8 }, () => openStream(session))
    await untilAllHave([session], budget.totalBytes / 8)
    for (const stream of streams) stream.end()
    await untilAllHave([session], budget.mostBytes)
  })

  test('is kept for any number of sharers up to the least share, and a share does not flutter', () => {
    let window = budget.mostBytes
    const seen = new Map<number, number>()
    for (const sharers of [...Array(64).keys(), ...[...Array(64).keys()].reverse()]) {
      window = shareOf(budget, sharers, window)
      expect(Math.max(1, sharers) * window).toBeLessThanOrEqual(
        Math.max(budget.totalBytes, sharers * 32 * KiB),
      )
      seen.set(sharers, window)
    }
    expect([seen.get(1), seen.get(63)]).toEqual([budget.mostBytes, budget.leastBytes])
    expect(shareOf(budget, 4, 256 * KiB)).toBe(256 * KiB)
    expect(shareOf(budget, 5, 256 * KiB)).toBe(128 * KiB)
    expect(shareOf(budget, 4, 128 * KiB)).toBe(128 * KiB)
  })
})
