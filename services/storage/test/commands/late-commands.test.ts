import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { CommandOrder } from '../../src/store/version-commands.js'
import { directSyscalls } from '../support/direct-syscalls.js'
import {
  changesVolume,
  errno,
  watchSyscalls,
  type Call,
  type WatchedSyscalls,
} from '../support/watched-syscalls.js'
import { orders, prepare, subjectOf, verbs, type Verb } from './orders.js'
import { expectRefusal } from './refused.js'
import { makeShelves, type Shelf } from './shelf.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
let sys: WatchedSyscalls
beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())
beforeEach(async () => {
  sys = watchSyscalls(directSyscalls)
  shelf = await shelves.shelf(sys)
})
afterEach(() => shelf.close())

/** Whether a call changes the volume, or syncs it; the lease is written now and then. */
const isAboutTheVersions = (call: Call): boolean => changesVolume(call) && !call.path.startsWith('.lease')

const give = (verb: Verb, order: CommandOrder): Promise<unknown> => orders[verb](shelf.store, order)

describe.each(verbs)('%s', (verb) => {
  const order = { epoch: 2, opSeq: 10 }
  beforeEach(() => prepare(verb, shelf.store))

  test('that is repeated gets the recorded answer and changes nothing, also after a restart', async () => {
    const answer = await give(verb, order)
    const repeat = async (calls: WatchedSyscalls['calls']): Promise<void> => {
      const begun = calls.length
      expect(await give(verb, order)).toEqual(answer)
      expect(calls.slice(begun).filter(isAboutTheVersions)).toEqual([])
    }
    const before = await shelf.tree()
    await repeat(sys.calls)
    const next = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys: next })
    await repeat(next.calls)
    expect(await shelf.tree()).toEqual(before)
  })

  test('makes every older command about its version late, also after a restart', async () => {
    await give(verb, order)
    const versionId = subjectOf(verb)
    const expectLate = async (): Promise<void> => {
      for (const late of verbs)
        for (const older of [
          { epoch: 2, opSeq: 9 },
          { epoch: 1, opSeq: 99 },
        ])
          await expectRefusal(shelf, 'STALE_COMMAND', () => orders[late](shelf.store, older, versionId))
      await expectRefusal(shelf, 'STALE_COMMAND', () =>
        shelf.store.endUpload(versionId, 'ABORTED', { epoch: 2, opSeq: 9 }),
      )
    }
    await expectLate()
    await shelf.reopen()
    await expectLate()
  })

  test('of a newer epoch counts although its op_seq is smaller', async () => {
    await give(verb, order)
    await expect(give(verb, { epoch: 3, opSeq: 1 })).resolves.toBeDefined()
  })

  test('that has only begun makes older ones late', async () => {
    // Nothing more is done than that the command is written down: what follows finds a failing disk.
    let begun = false
    sys.interfere = (call) => {
      const { name, path } = call
      if (begun && changesVolume(call)) throw errno('EIO')
      if (name === 'fdatasync' && path === '.commands.journal') begun = true
    }
    await expect(give(verb, order)).rejects.toMatchObject({ reason: 'IO_ERROR' })
    sys.interfere = () => {}
    const before = await shelf.tree()
    const older = { epoch: 2, opSeq: 9 }
    for (const late of verbs)
      await expect(orders[late](shelf.store, older, subjectOf(verb))).rejects.toMatchObject({
        reason: 'STALE_COMMAND',
      })
    expect(await shelf.tree()).toEqual(before)
    await give(verb, order)
  })

  test('with the place in the order of another command is refused', async () => {
    await give(verb, order)
    const another = verb === 'restore' ? 'trash' : 'restore'
    await expectRefusal(shelf, 'ORDER_CONFLICT', () => orders[another](shelf.store, order, subjectOf(verb)))
  })
})
