import { catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { openHalfCalls, waitUntil, type HalfCalls } from '@goldkeep/testing'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Server } from 'nice-grpc'
import { Status } from 'nice-grpc-common'
import {
  bearerOf,
  clientsWithBearer,
  createGuardedServer,
  createLogger,
  openChannel,
} from '@goldkeep/service'

const method = '/goldkeep.catalog.v1.Tokens/List'
let server: Pick<Server, 'forceShutdown'>
let address: string
let half: HalfCalls
let closers: (() => void)[]
/** Bearers of the calls that have begun to work, each with what ends its work. */
let working: { readonly bearer: string; readonly end: () => void }[]

beforeEach(async () => {
  working = []
  closers = []
  const guarded = createGuardedServer(createLogger('test', 'silent'), async ({ metadata }) => {
    const bearer = bearerOf(metadata)
    if (bearer === 'unknown') throw new DomainError('UNAUTHENTICATED', 'the token is not known here')
    if (bearer === 'broken') throw new Error('disk on fire')
    return { key: bearer, atOnce: 2, waiting: 3, identity: bearer }
  })
  guarded.add(catalog.TokensDefinition, {
    list: async (_, { identity }) => {
      await new Promise<void>((end) => working.push({ bearer: identity, end }))
      return { nextPageToken: identity }
    },
    create: async () => ({}),
    revoke: async () => ({}),
  } satisfies catalog.TokensServiceImplementation<{ identity: string }>)
  server = guarded
  address = `127.0.0.1:${await guarded.listen('127.0.0.1:0')}`
  half = await openHalfCalls(address)
})
afterEach(() => {
  half.close()
  for (const close of closers) close()
  server.forceShutdown()
})

function clientOf(bearer: string) {
  const channel = openChannel(address)
  closers.push(() => channel.close())
  return clientsWithBearer(() => bearer).create(catalog.TokensDefinition, channel)
}

const untilWorking = (count: number) =>
  waitUntil(() => working.length === count, { what: `${count} calls work` })

describe('a call is let in', () => {
  test('under the name that its head gives, whatever it says itself about its place', async () => {
    const answer = clientOf('anna').list({})
    await untilWorking(1)
    working[0]?.end()
    expect((await answer).nextPageToken).toBe('anna')
  })

  test('not when its caller is unknown, and nothing of its request is waited for', async () => {
    const { answer } = half.begin(method, 'unknown', 3_000_000, 10)
    expect(await answer).toEqual({ status: Status.UNAUTHENTICATED, message: 'the token is not known here' })
    expect(await half.begin(method, undefined, 3_000_000, 10).answer).toMatchObject({
      status: Status.UNAUTHENTICATED,
    })
  })

  test('with the reason of its refusal as every error has it', async () => {
    await expect(clientOf('unknown').list({})).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
    await expect(clientOf('broken').list({})).rejects.toMatchObject({ reason: 'INTERNAL' })
  })

  test('only while its caller has few others, also when those never send all of their request', async () => {
    for (let call = 0; call < 5; call += 1) half.begin(method, 'anna', 3_000_000, 10)
    const { answer } = half.begin(method, 'anna', 3_000_000, 10)
    expect(await answer).toMatchObject({ status: Status.RESOURCE_EXHAUSTED })
    expect(half.unanswered).toBe(5)
    const other = clientOf('berta').list({})
    await untilWorking(1)
    working[0]?.end()
    await other
  })

  test('in its turn when another of its caller has ended', async () => {
    const anna = clientOf('anna')
    const answers = [1, 2, 3, 4].map(() => anna.list({}))
    for (let ended = 0; ended < 4; ended += 1) {
      await untilWorking(Math.min(4, ended + 2))
      working[ended]?.end()
    }
    expect(await Promise.all(answers)).toHaveLength(4)
  })
})

describe('a call that was cancelled', () => {
  test('keeps its place until its work has ended', async () => {
    const anna = clientOf('anna')
    for (let call = 0; call < 2; call += 1) {
      const cut = new AbortController()
      const cancelled = anna.list({}, { signal: cut.signal })
      await untilWorking(call + 1)
      cut.abort()
      await expect(cancelled).rejects.toThrow()
    }
    for (let call = 0; call < 3; call += 1) half.begin(method, 'anna', 0, 0)
    await expect(half.begin(method, 'anna', 0, 0).answer).resolves.toMatchObject({
      status: Status.RESOURCE_EXHAUSTED,
    })
    for (const { end } of working) end()
  })

  test('before its request was there leaves its place', async () => {
    for (let call = 0; call < 5; call += 1) half.begin(method, 'anna', 3_000_000, 10)
    await half.begin(method, 'anna', 3_000_000, 10).answer
    half.close()
    const answer = clientOf('anna').list({})
    await untilWorking(1)
    working[0]?.end()
    await answer
  })
})
