import { expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { ClientError, Status } from 'nice-grpc-common'
import { setTimeout as pause } from 'node:timers/promises'
import { isTransient, toCallError, withRetries } from './retry.js'

const away = () => new ClientError('/a/B', Status.UNAVAILABLE, 'connect ECONNREFUSED')

test('what the server refuses is not tried again', async () => {
  let tries = 0
  const refused = withRetries({ forMs: 60_000 }, () => {
    tries += 1
    return Promise.reject(new DomainError('NO_PRIMARY', 'nothing promoted'))
  })
  await expect(refused).rejects.toMatchObject({ reason: 'NO_PRIMARY' })
  expect(tries).toBe(1)
})

test('a server that comes back is found again', async () => {
  let tries = 0
  const answer = await withRetries({ forMs: 60_000 }, () => {
    tries += 1
    return tries < 3 ? Promise.reject(away()) : Promise.resolve('here')
  })
  expect(answer).toBe('here')
})

test('a server that stays away is given up in time', async () => {
  const begun = performance.now()
  await expect(withRetries({ forMs: 300 }, () => Promise.reject(away()))).rejects.toBeInstanceOf(ClientError)
  expect(performance.now() - begun).toBeLessThan(5_000)
})

const fullVolume = () => new DomainError('NO_SPACE', 'the volume is full')

test('a full volume is an end, unless it is to be waited for', async () => {
  let tries = 0
  const once = withRetries({ forMs: 60_000 }, () => {
    tries += 1
    return Promise.reject(fullVolume())
  })
  await expect(once).rejects.toMatchObject({ reason: 'NO_SPACE' })
  expect(tries).toBe(1)
  const errors = [fullVolume(), fullVolume(), away(), fullVolume()]
  // The server goes away longer than its own patience meanwhile.
  const waiting = withRetries({ forMs: 1, waitForSpaceMs: 60_000 }, () => {
    const error = errors.shift()
    return error ? Promise.reject(error) : Promise.resolve('room')
  })
  expect(await waiting).toBe('room')
})

test('a volume that stays full is given up in time', async () => {
  const begun = performance.now()
  const waiting = withRetries({ forMs: 60_000, waitForSpaceMs: 300 }, () => Promise.reject(fullVolume()))
  await expect(waiting).rejects.toMatchObject({ reason: 'NO_SPACE' })
  expect(performance.now() - begun).toBeGreaterThanOrEqual(300)
})

test('progress begins the patience anew', async () => {
  let committed = 0
  const begun = performance.now()
  const written = await withRetries({ forMs: 100, progress: () => committed }, async () => {
    await pause(20)
    committed += 1
    if (committed < 20) throw away()
    return committed
  })
  expect(written).toBe(20)
  expect(performance.now() - begun).toBeGreaterThan(300)
})

test('a connection cut in mid-stream may be repeated, an unknown fault may not', () => {
  const cut = new ClientError('/a/B', Status.INTERNAL, 'Received RST_STREAM with code 2 (read ECONNRESET)')
  expect(isTransient(cut)).toBe(true)
  expect(isTransient(new ClientError('/a/B', Status.INTERNAL, 'a bug'))).toBe(false)
  expect(isTransient(new DomainError('SHUTTING_DOWN', 'restarting'))).toBe(true)
})

test('a failure names whom it could not reach, and what happened last', () => {
  const details =
    'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: '
  const error = toCallError(
    new ClientError('/a/B', Status.UNAVAILABLE, details),
    'the catalog',
    '127.0.0.1:1',
  )
  expect(error).toMatchObject({
    reason: 'UNAVAILABLE',
    message: 'cannot reach the catalog at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
  })
})

test('a service that is another one is not taken for a fault', () => {
  const details = 'The server does not implement the method /goldkeep.catalog.v1.Volumes/List'
  const error = toCallError(new ClientError('/a/B', Status.UNIMPLEMENTED, details), 'the catalog', 'a:7461')
  expect(error).toMatchObject({
    message: `expected the catalog at a:7461, found another service, or the catalog of another release: ${details}; check the address`,
  })
})
