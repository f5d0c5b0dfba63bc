import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseFilePath } from '@goldkeep/domain'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttemptMode } from '../src/store/version-store.js'
import { fresh, lab, makeShelves, stageVersion, type Shelf } from './commands/shelf.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
beforeEach(async () => {
  shelves = await makeShelves()
  shelf = await shelves.shelf()
  await stageVersion(shelf.store, fresh, lab.imageId)
})
afterEach(async () => {
  await shelf.close()
  await shelves.remove()
})

const path = parseFilePath('hd0/part1.winpe.wim')
const journalSize = async (): Promise<number> =>
  (await stat(join(shelf.volume, 'staging', fresh, 'journal'))).size

async function open(mode: AttemptMode): Promise<string> {
  const writer = await shelf.store.openAttempt(fresh, path, mode, () => {})
  await writer.close()
  return writer.attemptId
}

describe('a file that is started anew again and again', () => {
  test('leaves no more in the journal of its upload, from the next start on, than one started once', async () => {
    await open({ kind: 'restart' })
    await shelf.reopen()
    const [size, before] = [await journalSize(), await shelf.store.view(fresh)]
    for (let number = 0; number < 200; number += 1) await open({ kind: 'restart' })
    const last = await shelf.store.view(fresh)
    expect(await journalSize()).toBeGreaterThan(size + 200 * 100)
    await shelf.reopen()
    expect(await journalSize()).toBe(size)
    expect(await shelf.store.view(fresh)).toEqual(last)
    expect(last.lastByteTime).toBe(before.lastByteTime)
  })
})
