import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import {
  moveVersion,
  purgeVersion,
  restoreVersion,
  trashVersion,
  type CommandDependencies,
} from '../../src/operations/command-version.js'
import { KeyedQueue } from '../../src/operations/keyed-queue.js'
import { UploadDesk } from '../../src/operations/upload-desk.js'
import { directSyscalls } from '../support/direct-syscalls.js'
import { holdSyscalls, type HeldSyscalls } from '../support/held-syscalls.js'
import { time } from './orders.js'
import { bytesIn, lab, makeShelves, office, other, primary, readAll, type Shelf } from './shelf.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
let sys: HeldSyscalls
let commands: CommandDependencies
beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())
beforeEach(async () => {
  sys = holdSyscalls(directSyscalls)
  shelf = await shelves.shelf(sys)
  commands = { store: shelf.store, desk: new UploadDesk(60_000), publications: new KeyedQueue() }
})
afterEach(() => shelf.close())

const order = (opSeq: number) => ({ versionId: other, epoch: 1, opSeq })
const trash = (opSeq: number) => trashVersion(commands, { ...order(opSeq), ...lab, time })
const restore = (opSeq: number) => restoreVersion(commands, { ...order(opSeq), ...lab })
const purge = (opSeq: number) => purgeVersion(commands, { ...order(opSeq), paths: [] })
const move = (opSeq: number) => moveVersion(commands, { ...order(opSeq), ...office })
const moveBack = (opSeq: number) => moveVersion(commands, { ...order(opSeq), ...lab })
const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { reason?: string }).reason,
  )

test('commands about one version are carried out one at a time, in the order in which they came', async () => {
  const renaming = sys.hold('rename', new RegExp(other))
  const outcomes = [trash(1), restore(2), purge(3), move(4), moveBack(5)].map(reasonOf)
  await renaming.reached
  renaming.release()
  expect(await Promise.all(outcomes)).toEqual(['done', 'done', 'VERSION_IN_USE', 'done', 'done'])
  expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
})

test('a command that comes after a newer one is refused, though it was given out before', async () => {
  const renaming = sys.hold('rename', new RegExp(other))
  const outcomes = [trash(1), purge(3), restore(2)].map(reasonOf)
  await renaming.reached
  renaming.release()
  expect(await Promise.all(outcomes)).toEqual(['done', 'done', 'STALE_COMMAND'])
})

test('a command does not wait for one about another version of another image', async () => {
  await moveBack(1)
  await move(2)
  const renaming = sys.hold('rename', new RegExp(primary))
  const held = trashVersion(commands, { versionId: primary, epoch: 1, opSeq: 1, ...lab, time }).catch(
    () => {},
  )
  const trashed = trashVersion(commands, { ...order(3), ...office, time })
  expect(await trashed).toContain(other)
  renaming.release()
  await held
})
