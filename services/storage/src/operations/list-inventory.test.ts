import { expect, test } from '@jest/globals'
import { newVersionId, parseImageId, parseUid } from '@goldkeep/domain'
import type { VersionStore } from '../store/version-store.js'
import { listInventory } from './list-inventory.js'

/** Of a store, what an inventory asks for. */
function storeWith(count: number): VersionStore {
  const version = () => ({
    versionId: newVersionId(new Date()),
    imageId: parseImageId('lab'),
    imageUid: parseUid('uid-0123456789abcdefghij'),
    manifestDigest: 'ab'.repeat(32),
  })
  return {
    identity: { volume: 'vol-1' },
    versions: () => Array.from({ length: count }, version),
    views: () => [],
    trashed: () => [],
    copies: () => [],
    unreadable: () => [],
    publications: () => [],
    lastCommands: () => [],
  } as unknown as VersionStore
}

test('an inventory is told in batches, the first with the time of the look, the last marked as the last', () => {
  const lookTime = new Date()
  const messages = [...listInventory(storeWith(25), lookTime, 10)]
  expect(messages.map(({ versions }) => versions?.length ?? 0)).toEqual([0, 10, 10, 5, 0])
  expect(messages[0]).toEqual({ volumeId: 'vol-1', lookTime })
  expect(messages.at(-1)).toEqual({ volumeId: 'vol-1', complete: true })
  expect(messages.filter(({ complete }) => complete)).toHaveLength(1)
})
