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

function connect(port: number) {
  const channel = openChannel(`127.0.0.1:${port}`)
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
