import { catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Server } from 'nice-grpc'
import {
  bearerOf,
  clientsWithBearer,
  closeGrpcServer,
  createGrpcServer,
  createLogger,
  openChannel,
} from './index.js'

const log = createLogger('test', 'silent')
let server: Server
let close: () => void
let tokens: ReturnType<typeof connect>
let channel: ReturnType<typeof openChannel>

function connect(port: number) {
  channel = openChannel(`127.0.0.1:${port}`)
  close = () => channel.close()
  return clientsWithBearer(() => 'gk_test').create(catalog.TokensDefinition, channel)
}

beforeAll(async () => {
  server = createGrpcServer(log)
  server.add(catalog.TokensDefinition, {
    create: (_, context) => Promise.resolve({ secret: bearerOf(context.metadata) }),
    list: () => Promise.reject(new Error('disk on fire')),
    revoke: () => {
      const metadata = { expected: 'a token', found: 'nothing' }
      throw new DomainError('TOKEN_NOT_FOUND', 'expected a token, found nothing', metadata)
    },
  } as catalog.TokensServiceImplementation)
  tokens = connect(await server.listen('127.0.0.1:0'))
})
afterAll(async () => {
  close()
  await closeGrpcServer(server, 100)
})

/** Calls Tokens.Create with these very bytes. */
async function sendBytes(bytes: Uint8Array): Promise<unknown> {
  const { create } = catalog.TokensDefinition.methods
  const raw = { ...create.requestType, fromPartial: () => ({}), encode: () => ({ finish: () => bytes }) }
  const definition = {
    ...catalog.TokensDefinition,
    methods: { create: { ...create, requestType: raw } },
  }
  const client = clientsWithBearer(() => 'gk_test').create(
    definition as unknown as typeof catalog.TokensDefinition,
    channel,
  )
  return client.create({})
}

describe('a request that cannot be read', () => {
  test('is refused with a reason when it was cut short', async () => {
    const request = catalog.CreateTokenRequest.fromPartial({ name: 'x'.repeat(40) })
    const whole = catalog.CreateTokenRequest.encode(request).finish()
    await expect(sendBytes(whole.subarray(0, 20))).rejects.toMatchObject({
      reason: 'PROTOCOL_VIOLATION',
      message: 'the request cannot be read as a message: premature EOF',
    })
  })

  test('is refused with a reason when it has too many parts, before they become objects', async () => {
    await expect(sendBytes(Buffer.alloc(400_000, Buffer.from([0x12, 0x00])))).rejects.toMatchObject({
      reason: 'PROTOCOL_VIOLATION',
      message: 'the request cannot be read as a message: it has more than 100000 parts',
    })
  })
})

describe('errors over the wire', () => {
  test('a domain error arrives with its reason, message and metadata', async () => {
    await expect(tokens.revoke({ tokenId: 'x' })).rejects.toMatchObject({
      reason: 'TOKEN_NOT_FOUND',
      kind: 'not-found',
      message: 'expected a token, found nothing',
      metadata: { expected: 'a token', found: 'nothing' },
    })
  })

  test('a fault that nobody expected arrives as INTERNAL', async () => {
    await expect(tokens.list({})).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'unexpected fault: disk on fire',
    })
  })

  test('a call presents its bearer token', async () => {
    expect((await tokens.create({})).secret).toBe('gk_test')
  })
})
