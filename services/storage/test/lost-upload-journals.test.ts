import { describe, expect, test } from '@jest/globals'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repairVolume } from '../src/repair-volume.js'
import { encodeFrame } from '../src/store/disk/journal-frames.js'
import { first, fresh, lab, stageVersion, useShelf } from './commands/shelf.js'
import { schema } from './support/test-house.js'

const shelf = useShelf()

const uploadFile = (): string => join(shelf.volume, 'staging', fresh, 'journal')
const refused = { reason: 'JOURNAL_DAMAGED' }

describe('an upload’s journal of which nothing is left', () => {
  test.each([
    ['absent', () => rm(uploadFile())],
    ['empty', () => writeFile(uploadFile(), '')],
    ['zeros', () => writeFile(uploadFile(), Buffer.alloc(4_096))],
    ['other bytes', () => writeFile(uploadFile(), Buffer.alloc(4_096, 0xa5))],
    ['an empty frame', () => writeFile(uploadFile(), encodeFrame([], 0))],
  ])('(%s) is told, and the upload keeps its bytes', async (_, lose) => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    const { upload } = await shelf.store.view(fresh)
    let before: string[] = []
    const meanwhile = async (): Promise<void> => {
      await lose()
      before = await shelf.tree()
    }
    await shelf.reopen({ meanwhile })
    const { store } = shelf
    expect(store.troubles()).toEqual([expect.stringContaining(`staging/${fresh}/journal`)])
    await expect(store.view(fresh)).rejects.toMatchObject(refused)
    await expect(store.stage(upload, schema)).rejects.toMatchObject(refused)
    await expect(store.openAttempt(fresh, first, { kind: 'restart' }, () => {})).rejects.toMatchObject(
      refused,
    )
    await expect(store.endUpload(fresh, 'EXPIRED', { epoch: 1, opSeq: 9 })).rejects.toMatchObject(refused)
    expect(await shelf.tree()).toEqual(before)
  })

  test('is no damage where the upload was not opened yet', async () => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    const { upload } = await shelf.store.view(fresh)
    const meanwhile = async (): Promise<void> => {
      await rm(uploadFile())
      await rm(join(shelf.volume, 'staging', fresh, 'tree', 'hd0'), { recursive: true })
    }
    await shelf.reopen({ meanwhile })
    expect(shelf.store.troubles()).toEqual([])
    expect((await shelf.store.stage(upload, schema)).phase).toBe('OPEN')
  })

  test('can be ended after a repair, which keeps all of it', async () => {
    await stageVersion(shelf.store, fresh, lab.imageId)
    const meanwhile = async (): Promise<void> => {
      await rm(uploadFile())
      expect(await repairVolume(shelf.volume, new AbortController().signal)).toEqual([
        expect.stringContaining('all of it is kept in .damaged/'),
      ])
    }
    await shelf.reopen({ meanwhile })
    await expect(shelf.store.endUpload(fresh, 'ABORTED', { epoch: 1, opSeq: 1 })).resolves.toBe('ABORTED')
    expect(shelf.store.troubles()).toEqual([])
  })
})
