import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createClient, type Server } from 'nice-grpc'
import { service } from 'grpc-health-check'
import { addHealth, closeGrpcServer, createGrpcServer, createLogger, openChannel } from './index.js'

interface HealthClient {
  Check(request: { service: string }): Promise<{ status: string }>
  Watch(request: { service: string }): AsyncIterable<{ status: string }>
}

let server: Server
let health: ReturnType<typeof addHealth>
let channel: ReturnType<typeof openChannel>
let client: HealthClient

beforeAll(async () => {
  server = createGrpcServer(createLogger('test', 'silent'))
  health = addHealth(server)
  channel = openChannel(`127.0.0.1:${await server.listen('127.0.0.1:0')}`)
  client = createClient(service as never, channel) as unknown as HealthClient
})
afterAll(async () => {
  channel.close()
  await closeGrpcServer(server, 100)
})

test('a service that stops tells those who ask and those who watch', async () => {
  expect(await client.Check({ service: '' })).toEqual({ status: 'SERVING' })
  const seen: string[] = []
  for await (const { status } of client.Watch({ service: '' })) {
    seen.push(status)
    health.setServing(false)
  }
  expect(seen).toEqual(['SERVING', 'NOT_SERVING'])
  expect(await client.Check({ service: '' })).toEqual({ status: 'NOT_SERVING' })
})

test('a service that nobody knows is not found', async () => {
  await expect(client.Check({ service: 'other' })).rejects.toMatchObject({ code: 5 })
})
