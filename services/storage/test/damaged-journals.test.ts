import { beforeEach, describe, expect, test } from '@jest/globals'
import { parseFilePath } from '@goldkeep/domain'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { treeOf } from '@goldkeep/testing'
import { repairVolume } from '../src/repair-volume.js'
import type { Syscalls } from '../src/store/disk/syscalls.js'
import { orders, trashName } from './commands/orders.js'
import {
  first,
  fresh,
  lab,
  useShelf,
  other,
  primary,
  publishPrimary,
  sealStaged,
  stageVersion,
} from './commands/shelf.js'
import { directSyscalls } from './support/direct-syscalls.js'

const shelf = useShelf()

const commandsFile = (): string => join(shelf.volume, '.commands.journal')
const uploadFile = (): string => join(shelf.volume, 'staging', fresh, 'journal')
const refused = { reason: 'JOURNAL_DAMAGED' }

/** Flips one bit of the file, in its middle unless it is said where. */
async function flipBit(path: string, place?: number): Promise<Buffer> {
  const bytes = await readFile(path)
  const at = place ?? bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 4
  await writeFile(path, bytes)
  return bytes
}

describe('a journal of commands with a flipped bit', () => {
  beforeEach(async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
  })

  test('is kept, and no late command is carried out', async () => {
    let damaged: Buffer = Buffer.of()
    await shelf.reopen({ meanwhile: async () => void (damaged = await flipBit(commandsFile())) })
    const before = await shelf.tree()
    await expect(orders.trash(shelf.store, { epoch: 1, opSeq: 1 })).rejects.toMatchObject(refused)
    await expect(orders.trash(shelf.store, { epoch: 1, opSeq: 1 })).rejects.toThrow(
      /`node .*bundle\.js repair VOLUME`.*damaged-journals\.md/,
    )
    await expect(orders.trash(shelf.store, { epoch: 1, opSeq: 3 })).rejects.toMatchObject(refused)
    await expect(shelf.store.endUpload(fresh, 'ABORTED', { epoch: 1, opSeq: 4 })).rejects.toMatchObject(
      refused,
    )
    expect(await shelf.tree()).toEqual(before)
    expect(await readFile(commandsFile())).toEqual(damaged)
  })

  test('does not keep anybody from reading and uploading', async () => {
    await shelf.reopen({ meanwhile: async () => void (await flipBit(commandsFile())) })
    expect(shelf.store.findVersion(other)).toBeDefined()
    await stageVersion(shelf.store, fresh, lab.imageId)
    expect(shelf.store.views()).toHaveLength(1)
  })
})

describe('a journal of commands of which nothing is left', () => {
  beforeEach(async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
  })

  test.each([
    ['was left behind when the volume was copied', () => rm(commandsFile())],
    ['is empty', () => writeFile(commandsFile(), '')],
    ['is zeros', () => writeFile(commandsFile(), Buffer.alloc(4_096))],
  ])('because it %s lets no late command be carried out, also after its repair', async (_, lose) => {
    await shelf.reopen({ meanwhile: lose })
    const late = () => orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await expect(late()).rejects.toMatchObject(refused)
    expect(shelf.store.troubles()).toHaveLength(1)
    await shelf.reopen({ meanwhile: () => repairVolume(shelf.volume, new AbortController().signal) })
    await expect(late()).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
    expect(shelf.store.troubles()).toEqual([])
  })

  test('is repaired with an epoch that follows those of the publications', async () => {
    await publishPrimary(shelf.store, 9, primary, { epoch: 5_000 })
    await shelf.reopen({ meanwhile: () => rm(commandsFile()) })
    await shelf.reopen({ meanwhile: () => repairVolume(shelf.volume, new AbortController().signal) })
    expect(shelf.store.epoch).toBeGreaterThan(5_000)
  })
})

describe('an upload’s journal with a flipped bit', () => {
  test('is kept, and the upload is neither gone on with nor ended nor begun again', async () => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    let damaged: Buffer = Buffer.of()
    await shelf.reopen({ meanwhile: async () => void (damaged = await flipBit(uploadFile())) })
    const { store } = shelf
    await expect(store.view(fresh)).rejects.toMatchObject(refused)
    await expect(
      store.openAttempt(fresh, parseFilePath('hd0/part9.wim'), { kind: 'restart' }, () => {}),
    ).rejects.toMatchObject(refused)
    await expect(store.endUpload(fresh, 'ABORTED', { epoch: 1, opSeq: 9 })).rejects.toMatchObject(refused)
    expect(await readFile(uploadFile())).toEqual(damaged)
    await shelf.reopen({ meanwhile: async () => void (await flipBit(uploadFile())) })
    expect((await shelf.store.view(fresh)).files.every(({ state }) => state === 'COMPLETE')).toBe(true)
  })
})

describe('a repair', () => {
  const repair = () => repairVolume(shelf.volume, new AbortController().signal, directSyscalls)
  const kept = () => readdir(join(shelf.volume, '.damaged'))

  test('of the journal of commands keeps a copy, and refuses every command of before', async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
    let damaged: Buffer = Buffer.of()
    await shelf.reopen({
      meanwhile: async () => {
        damaged = await flipBit(commandsFile())
        expect(await repair()).toEqual([expect.stringMatching(/commands.*journal: goes on with \d+ records/)])
      },
    })
    const [copy = ''] = await kept()
    expect(await readFile(join(shelf.volume, '.damaged', copy))).toEqual(damaged)
    const { store } = shelf
    for (const order of [
      { epoch: 1, opSeq: 9 },
      { epoch: 2, opSeq: 1 },
    ])
      await expect(orders.trash(store, order)).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
    // The catalog hears of this epoch when the volume registers, and gives its orders with a later one.
    expect(store.epoch).toBeGreaterThan(1)
    await expect(orders.trash(store, { epoch: store.epoch + 1, opSeq: 1 })).resolves.toBe(trashName)
  })

  test('of an upload’s journal lets every file be started anew, since a later attempt may be lost', async () => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    await shelf.reopen({
      meanwhile: async () => {
        await flipBit(uploadFile())
        expect(await repair()).toHaveLength(1)
      },
    })
    expect((await shelf.store.view(fresh)).files.map(({ state }) => state)).not.toContain('COMPLETE')
    const restarted = await shelf.store.openAttempt(fresh, first, { kind: 'restart' }, () => {})
    expect(restarted.committedSize).toBe(0)
    await restarted.close()
  })

  test('of an upload of which the first record is lost takes it away with all its bytes', async () => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    let before: string[] = []
    await shelf.reopen({
      meanwhile: async () => {
        await flipBit(uploadFile(), 20)
        before = await treeOf(join(shelf.volume, 'staging', fresh))
        expect(await repair()).toEqual([expect.stringContaining('all of it is kept in .damaged/')])
      },
    })
    const [name = ''] = await kept()
    expect(await treeOf(join(shelf.volume, '.damaged', name))).toEqual(before)
    await expect(shelf.store.endUpload(fresh, 'ABORTED', { epoch: 1, opSeq: 1 })).resolves.toBe('ABORTED')
    expect(shelf.store.troubles()).toEqual([])
  })

  test('goes on with a seal that the journal tells, whatever else of it is lost', async () => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    const staged = await treeOf(join(shelf.volume, 'staging', fresh, 'tree'))
    // The seal is journalled, and then the process ends.
    const dying: Syscalls = {
      ...directSyscalls,
      rename: (from, to) =>
        to.endsWith('SHA256SUMS') ? Promise.reject(new Error('killed')) : directSyscalls.rename(from, to),
    }
    await shelf.reopen({ sys: dying })
    await expect(sealStaged(shelf.store, fresh)).rejects.toThrow()
    await shelf.reopen({
      meanwhile: async () => {
        await flipBit(uploadFile(), 700)
        expect(await repair()).toHaveLength(1)
      },
    })
    expect(shelf.store.findVersion(fresh)).toBeDefined()
    const sealed = await treeOf(join(shelf.volume, 'images', lab.imageId, 'versions', fresh))
    expect(sealed).toEqual(expect.arrayContaining(staged))
  })

  test('of a volume of which nothing is damaged changes nothing', async () => {
    const before = await readFile(commandsFile())
    const meanwhile = async () =>
      expect(await repair()).toEqual([expect.stringContaining('nothing was changed')])
    await shelf.reopen({ meanwhile })
    expect(await readFile(commandsFile())).toEqual(before)
  })

  test('of what is no volume is refused', async () => {
    await expect(
      repairVolume(join(shelf.volume, 'trash'), new AbortController().signal, directSyscalls),
    ).rejects.toThrow(/found no volume.json/)
  })
})
