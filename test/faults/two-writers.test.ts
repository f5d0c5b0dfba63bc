import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { isDomainError, type VersionId } from '@goldkeep/domain'
import { tcpProxy, waitUntil, type TcpProxy } from '@goldkeep/testing'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../services/storage/test/support/bytes.js'
import { makeRealStorage, type RealStorage } from '../../services/storage/test/support/real-storage.js'
import { newVersion, part1 } from '../../services/storage/test/support/test-house.js'
import { randomFrom } from '../../services/storage/test/support/random.js'
import { contentOf, openSession, type StorageSession, type WriteOptions } from './support/storage-session.js'

const rounds = 6
const left = contentOf(3_000_000, 'left')
const right = contentOf(2_500_000, 'right')
const names = { left, right } as const

let real: RealStorage
let proxy: TcpProxy
let versionId: VersionId
const sessions: StorageSession[] = []

beforeAll(async () => {
  real = await makeRealStorage()
  await real.start()
  proxy = await tcpProxy(real.address)
})
afterAll(async () => {
  for (const session of sessions) session.close()
  await proxy.stop()
  await real.close()
})
beforeEach(async () => {
  versionId = newVersion()
  await connect().open()
})

function connect(address = real.address): StorageSession {
  const session = openSession(real, versionId, { address })
  sessions.push(session)
  return session
}

/** Writes until it is done or told that it lost. @returns the reason, or `done` */
async function fight(
  session: StorageSession,
  writerId: keyof typeof names,
  options: WriteOptions = {},
): Promise<string> {
  try {
    await session.write(part1, names[writerId], { writerId, ...options })
    return 'done'
  } catch (error) {
    return isDomainError(error) ? error.reason : String(error)
  }
}

/** What storage holds is what the winner sent, and the loser's attempts are over. */
async function expectOneWinner(ends: Readonly<Record<keyof typeof names, string>>): Promise<void> {
  const winners = (['left', 'right'] as const).filter((name) => ends[name] === 'done')
  expect({ ends, winners: winners.length }).toEqual({ ends, winners: 1 })
  const content = names[winners[0] ?? 'left']
  const staged = await readFile(join(real.volume, 'staging', versionId, 'tree', part1))
  expect(sha256(staged)).toBe(content.sha256)
  await connect().seal({ [part1]: content })
}

describe('of two that write one file at once', () => {
  test('without take_over one is refused as long as the other is at it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      versionId = newVersion()
      await connect().open()
      const [one, other] = await Promise.all([fight(connect(), 'left'), fight(connect(), 'right')])
      expect([one, other].sort()).toEqual(['FILE_BUSY', 'done'])
      await expectOneWinner({ left: one, right: other })
    }
  })

  test('with take_over the one that came first is told once, and the file is the other’s', async () => {
    const random = randomFrom('take over')
    for (let round = 0; round < rounds; round += 1) {
      versionId = newVersion()
      await connect().open()
      const from = Math.floor(random() * 0.9 * left.size)
      let begin = (): void => {}
      const begun = new Promise<void>((resolve) => (begin = resolve))
      let has = (): void => {}
      const hasTheFile = new Promise<void>((resolve) => (has = resolve))
      const first = fight(connect(), 'left', {
        onAttempt: async () => has(),
        // At a place that differs from round to round, it waits until the other has come. Its source is read
        // ahead, so that it may be there before it has the file.
        onPiece: async (offset) => {
          if (offset < from) return
          await hasTheFile
          begin()
          await waitUntil(() => taken, { what: 'the other has begun', intervalMs: 1 })
        },
      })
      let taken = false
      await begun
      const onAttempt = async (): Promise<void> => void (taken = true)
      const second = await fight(connect(), 'right', { takeOver: true, onAttempt })
      expect(second).toBe('done')
      expect(await first).toBe('ATTEMPT_SUPERSEDED')
      await expectOneWinner({ left: 'ATTEMPT_SUPERSEDED', right: second })
    }
  })

  test('both with take_over, at the same instant, one wins', async () => {
    for (let round = 0; round < rounds; round += 1) {
      versionId = newVersion()
      await connect().open()
      const [one, other] = await Promise.all([
        fight(connect(), 'left', { takeOver: true }),
        fight(connect(), 'right', { takeOver: true }),
      ])
      await expectOneWinner({ left: one, right: other })
    }
  })

  test('both with take_over, on a line that is cut again and again, one wins and the other stays away', async () => {
    const random = randomFrom('cuts')
    for (let round = 0; round < rounds; round += 1) {
      versionId = newVersion()
      await connect().open()
      const attempts = { left: 0, right: 0 }
      const write = (writerId: keyof typeof names): Promise<string> =>
        fight(connect(proxy.address), writerId, {
          takeOver: true,
          onAttempt: async () => void (attempts[writerId] += 1),
        })
      const first = write('left')
      proxy.cutAfter(Math.floor(random() * left.size))
      if (random() < 0.5) await waitUntil(() => attempts.left > 0, { what: 'left has begun', intervalMs: 1 })
      const [one, other] = await Promise.all([first, write('right')])
      expect(attempts.left).toBeLessThanOrEqual(1)
      expect(attempts.right).toBeLessThanOrEqual(1)
      await expectOneWinner({ left: one, right: other })
    }
  })
})
