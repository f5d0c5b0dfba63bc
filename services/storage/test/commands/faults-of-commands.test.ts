import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Call } from '../support/watched-syscalls.js'
import { directSyscalls } from '../support/direct-syscalls.js'
import { errno, watchSyscalls } from '../support/watched-syscalls.js'
import { orders, prepare, subjectOf, verbs, whereIs, type Verb } from './orders.js'
import { bytesIn, makeShelves, other, primary, readAll, type Shelf } from './shelf.js'

const changing = new Set<Call['name']>([
  ...(['write', 'ftruncate', 'fdatasync', 'fsync', 'fchmod', 'mkdir', 'rmdir', 'rename'] as const),
  ...(['link', 'unlink', 'symlink'] as const),
])
const order = { epoch: 1, opSeq: 7 }
let shelves: Awaited<ReturnType<typeof makeShelves>>
beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())

/** A shelf on which the n-th changing call of the command fails with the code; every call is counted. */
async function failingAt(verb: Verb, at: number, code: string) {
  const sys = watchSyscalls(directSyscalls)
  const shelf = await shelves.shelf(sys)
  await prepare(verb, shelf.store)
  let calls = 0
  sys.interfere = ({ name }) => {
    if (changing.has(name) && calls++ === at) throw errno(code, name)
  }
  const outcome = await orders[verb](shelf.store, order).catch((error: unknown) => error)
  sys.interfere = () => {}
  return { shelf, outcome, calls }
}

/** What the tree is when all is done; the manifest of a clone says when it was made. */
const comparable = async (shelf: Shelf): Promise<string[]> =>
  (await shelf.tree()).map((line) => (subjectOfClone(line) ? line.replace(/ \d+ [0-9a-f]{64}$/, '') : line))
const subjectOfClone = (line: string): boolean => /\/(version\.json|SHA256SUMS) /.test(line)

async function expectNothingLost(shelf: Shelf, verb: Verb): Promise<void> {
  expect(await readAll(shelf.store, primary)).toEqual(bytesIn(primary))
  const place = await whereIs(shelf.store, other)
  if (verb === 'purge') return expect(['trash', 'purging', 'nowhere']).toContain(place)
  expect(['trash', 'win11-lab', 'office']).toContain(place)
  expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
}

/** Repeats the command, after a restart where storage asks for one. */
async function repeat(shelf: Shelf, verb: Verb): Promise<void> {
  try {
    await orders[verb](shelf.store, order)
  } catch (error) {
    expect(error).toMatchObject({ reason: 'IO_ERROR', message: expect.stringContaining('restart') })
    await shelf.reopen()
    await expectNothingLost(shelf, verb)
    await orders[verb](shelf.store, order)
  }
}

describe.each(verbs)('a fault at any call of %s', (verb) => {
  test('is told, loses nothing, and a repeat ends the command', async () => {
    const { shelf: whole, calls } = await failingAt(verb, -1, 'EIO')
    const expected = await comparable(whole)
    const place = await whereIs(whole.store, subjectOf(verb))
    await whole.close()
    expect(calls).toBeGreaterThan(5)
    let refusals = 0
    for (let at = 0; at < calls; at += 1) {
      const code = at % 2 === 0 ? 'EIO' : 'ENOSPC'
      const { shelf, outcome } = await failingAt(verb, at, code)
      if (outcome instanceof Error) {
        refusals += 1
        expect(outcome).toMatchObject({ reason: code === 'EIO' ? 'IO_ERROR' : 'NO_SPACE' })
      }
      await expectNothingLost(shelf, verb)
      await repeat(shelf, verb)
      expect(await comparable(shelf)).toEqual(expected)
      expect(await whereIs(shelf.store, subjectOf(verb))).toBe(place)
      await shelf.close()
    }
    expect(refusals).toBeGreaterThan(calls / 2)
  })
})
