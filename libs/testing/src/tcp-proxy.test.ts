import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tcpProxy, waitUntil, type TcpProxy } from './index.js'

let echo: Server
let proxy: TcpProxy
let client: Socket
let received: string

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  proxy = await tcpProxy(`127.0.0.1:${String((echo.address() as AddressInfo).port)}`)
  client = connect({ port: proxy.port, allowHalfOpen: true })
  received = ''
  client.on('error', () => {})
  client.setEncoding('utf8').on('data', (text: string) => {
    received += text
  })
  await once(client, 'connect')
})

afterEach(async () => {
  client.destroy()
  await proxy.stop()
  echo.close()
})

const answer = (text: string): Promise<unknown> =>
  waitUntil(() => received === text, { what: `"${text}" comes back` })

/** Resolves when the client's socket is closed, with the error that closed it. */
const closing = (): Promise<string | undefined> =>
  new Promise((resolve) => {
    let code: string | undefined
    client.once('error', (error: NodeJS.ErrnoException) => (code = error.code))
    client.once('close', () => resolve(code))
  })

test('bytes go there and back, also after the client has half-closed', async () => {
  client.end('hello')
  await answer('hello')
  expect(proxy.forwarded()).toBe(5)
})

test('a delay counts in both directions', async () => {
  proxy.delay(40)
  const sent = performance.now()
  client.write('hello')
  await answer('hello')
  expect(performance.now() - sent).toBeGreaterThanOrEqual(79)
})

test('a cut resets the connection', async () => {
  client.write('hello')
  await answer('hello')
  const closed = closing()
  proxy.cut()
  expect(await closed).toBe('ECONNRESET')
})

test('a cut can wait for a number of bytes', async () => {
  proxy.cutAfter(8)
  const closed = closing()
  client.write('hello')
  await answer('hello')
  client.write('world')
  expect(await closed).toBe('ECONNRESET')
  expect(proxy.forwarded()).toBe(10)
})

test('a stalled line passes nothing and loses nothing', async () => {
  client.write('one')
  await answer('one')
  proxy.stall()
  client.write(' two')
  await waitUntil(() => client.writableLength === 0, { what: 'the client has handed its bytes on' })
  expect(proxy.forwarded()).toBe(3)
  proxy.resume()
  await answer('one two')
})

test('a refused connection is reset', async () => {
  proxy.refuse(true)
  const second = connect({ port: proxy.port })
  const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
})

test('a target that vanishes answers nobody, and what comes after goes to the next one', async () => {
  client.write('hello')
  await answer('hello')
  proxy.vanish()
  client.write('world')
  const unanswered = connect({ port: proxy.port })
  await once(unanswered, 'connect')
  const next = createServer((socket) => void socket.end('next'))
  await new Promise<void>((resolve) => next.listen(0, '127.0.0.1', resolve))
  proxy.pointTo(`127.0.0.1:${String((next.address() as AddressInfo).port)}`)
  const later = connect({ port: proxy.port })
  const [greeting] = (await once(later, 'data')) as [Buffer]
  expect(greeting.toString()).toBe('next')
  expect(received).toBe('hello')
  expect(proxy.forwarded()).toBe(5)
  for (const socket of [unanswered, later]) socket.destroy()
  next.close()
})
