import { describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repairVolume } from '../src/repair-volume.js'
import { errno } from './support/watched-syscalls.js'
import { orders, trashName } from './commands/orders.js'
import { first, fresh, lab, other, publishPrimary, stageVersion, useShelf } from './commands/shelf.js'
import { directSyscalls } from './support/direct-syscalls.js'

const shelf = useShelf()

/** Damages the first frame of a journal: the frames after it are whole, and those records are known. */
async function damage(...path: string[]): Promise<void> {
  const file = join(shelf.volume, ...path)
  const bytes = await readFile(file)
  bytes[20] = (bytes[20] ?? 0) ^ 4
  await writeFile(file, bytes)
}
const damageCommands = (): Promise<void> => damage('.commands.journal')
const repair = () => repairVolume(shelf.volume, new AbortController().signal, directSyscalls)

describe('while the journal of commands is damaged', () => {
  test('a purge that has begun does not go on', async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    const unlink = (path: string): Promise<void> =>
      path.endsWith('.wim') ? Promise.reject(errno('EIO')) : directSyscalls.unlink(path)
    await shelf.reopen({ sys: { ...directSyscalls, unlink } })
    await expect(orders.purge(shelf.store, { epoch: 1, opSeq: 2 })).rejects.toMatchObject({
      reason: 'IO_ERROR',
    })
    await shelf.reopen({ meanwhile: damageCommands })
    // Meanwhile it would have gone on.
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    await shelf.reopen()
    expect(existsSync(join(shelf.volume, 'trash', `.purging-${trashName}`, first))).toBe(true)
    await shelf.reopen({ meanwhile: repair })
    const isGone = (): boolean => !existsSync(join(shelf.volume, 'trash', `.purging-${trashName}`))
    await waitUntil(isGone, { what: 'the purge goes on after the repair' })
  })

  test('nothing is published', async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await shelf.reopen({ meanwhile: damageCommands })
    await expect(publishPrimary(shelf.store, 2, other)).rejects.toMatchObject({ reason: 'JOURNAL_DAMAGED' })
  })

  test('an upload that had ended is not begun again, nor after the repair', async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await stageVersion(shelf.store, fresh, lab.imageId)
    await shelf.store.endUpload(fresh, 'ABORTED', { epoch: 1, opSeq: 2 })
    await shelf.reopen({ meanwhile: damageCommands })
    const ended = { reason: 'UPLOAD_ENDED' }
    await expect(stageVersion(shelf.store, fresh, lab.imageId)).rejects.toMatchObject(ended)
    await shelf.reopen({ meanwhile: repair })
    await expect(stageVersion(shelf.store, fresh, lab.imageId)).rejects.toMatchObject(ended)
  })
})

test('an upload whose journal was repaired has every file sent again', async () => {
  await stageVersion(shelf.store, fresh, lab.imageId)
  const damageLater = async (): Promise<void> => {
    const file = join(shelf.volume, 'staging', fresh, 'journal')
    const bytes = await readFile(file)
    const at = bytes.lastIndexOf('finished')
    bytes[at] = (bytes[at] ?? 0) ^ 4
    await writeFile(file, bytes)
  }
  await shelf.reopen({ meanwhile: damageLater })
  await shelf.reopen({ meanwhile: repair })
  const { files } = await shelf.store.view(fresh)
  expect(files.length).toBeGreaterThan(0)
  expect(files.map(({ state }) => state)).toEqual(files.map(() => 'BROKEN'))
})
