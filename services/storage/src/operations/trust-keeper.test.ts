import { parseHouseId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { generateKeyPair } from '@goldkeep/tickets'
import { expect, test } from '@jest/globals'
import type { CoordinationClient } from '../catalog/coordination.js'
import { TrustKeeper } from './trust-keeper.js'

const house = 'hse-0123456789abcdef'
const subject = '20261122T181502Z-4k7q'
const issuedBefore = new Date('2026-11-26T10:00:00Z')

/** The local file of a service that has heard of one key and one revocation. */
async function keptFile(): Promise<string> {
  const { publicKey } = await generateKeyPair()
  const answer = {
    houseId: house,
    keys: [{ keyId: 'key-1', publicKey }],
    revocations: [{ subject, issuedBefore }],
    nextPageToken: '',
    incarnation: 'one',
    position: 1n,
  }
  let kept = ''
  await keeperOf('', (text) => (kept = text), answer).refresh(new AbortController().signal)
  return kept
}

function keeperOf(text: string, write: (text: string) => void = () => {}, answer = {}): TrustKeeper {
  const file = {
    read: async () => Buffer.from(text),
    write: async (bytes: Uint8Array) => write(Buffer.from(bytes).toString()),
  }
  const catalog = { getTrust: async () => answer } as unknown as CoordinationClient
  return new TrustKeeper(file, catalog, createLogger('storage', 'silent'), parseHouseId(house))
}

test('what was heard of keys and revocations is known again from the local file', async () => {
  const keeper = keeperOf(await keptFile())
  await keeper.load()
  expect([...keeper.current.keys.keys()]).toEqual(['key-1'])
  expect([...keeper.current.revokedBefore]).toEqual([[subject, issuedBefore.getTime()]])
})

test('a local file with one changed digit counts for nothing, so that no revocation is taken back', async () => {
  const kept = await keptFile()
  const damaged = kept.replace(String(issuedBefore.getTime()), String(issuedBefore.getTime() - 1_000_000_000))
  expect(damaged).not.toBe(kept)
  const keeper = keeperOf(damaged)
  await keeper.load()
  expect(keeper.current.keys.size).toBe(0)
})
