import { describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { parseTrashSidecar } from '@goldkeep/volume'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { directSyscalls } from '../support/direct-syscalls.js'
import { changesVolume, errno, watchSyscalls } from '../support/watched-syscalls.js'
import { orders, time, trashName } from './orders.js'
import { expectRefusal } from './refused.js'
import {
  bytesIn,
  fresh,
  lab,
  useShelf,
  office,
  other,
  primary,
  publishPrimary,
  readAll,
  second,
  stageVersion,
} from './shelf.js'

const shelf = useShelf()

const at = (...parts: string[]): string => join(shelf.volume, ...parts)
const place = `images/${lab.imageId}/versions/${other}`
const trash = (opSeq = 1) => orders.trash(shelf.store, { epoch: 1, opSeq })
const restore = (opSeq = 2) => orders.restore(shelf.store, { epoch: 1, opSeq })

const refused = (reason: string, call: () => Promise<unknown>) => expectRefusal(shelf, reason, call)

describe('a version that is trashed', () => {
  test('lies in the trash byte for byte, beside what says whence, when, why and by whom', async () => {
    const before = await shelf.tree()
    expect(await trash()).toBe(trashName)
    const sidecar = parseTrashSidecar(await readFile(at(`trash/${trashName}.json`)))
    expect(sidecar).toMatchObject({
      version: other,
      image: lab.imageId,
      uid: lab.imageUid,
      volume: shelf.store.identity.volume,
      whence: place,
      trashed: time,
      why: 'too old',
      by: 'user alice',
      epoch: 1,
      op_seq: 1,
    })
    const expected = before.map((line) => line.replace(place, `trash/${trashName}`)).sort()
    expect((await shelf.tree()).filter((line) => !line.includes(`${trashName}.json`))).toEqual(expected)
  })

  test('comes back as it was, and leaves nothing in the trash', async () => {
    const before = await shelf.tree()
    await trash()
    expect(await restore()).toMatchObject({ versionId: other, imageId: lab.imageId })
    expect(await shelf.tree()).toEqual(before)
    expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
  })

  test('is found there by the next start, and comes back then', async () => {
    const before = await shelf.tree()
    await trash()
    await shelf.reopen()
    expect(shelf.store.trashed()).toMatchObject([
      { versionId: other, name: trashName, ...lab, isPurging: false },
    ])
    expect(shelf.store.findVersion(other)).toBeUndefined()
    await restore()
    expect(await shelf.tree()).toEqual(before)
  })

  test('within the same second as an earlier directory of it gets another name', async () => {
    await mkdir(at(`trash/${trashName}`))
    expect(await trash()).toBe(`${other}@20261201T093001Z`)
  })

  test('and then put back by hand is not trashed again when the command is repeated', async () => {
    await trash()
    await shelf.reopen({ meanwhile: () => rename(at('trash', trashName), at(place)) })
    expect(await trash()).toBe(trashName)
    expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
  })

  test('but of which the rename could not be synced gets no further command before the next start', async () => {
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    const isRenamed = () => sys.calls.some(({ name, path }) => name === 'rename' && path === place)
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path === 'trash' && isRenamed()) throw errno('EIO', 'fsync')
    }
    await expect(trash()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    sys.interfere = () => {}
    const begun = sys.calls.length
    await expect(trash()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    await expect(restore()).rejects.toMatchObject({ reason: 'IO_ERROR' })
    expect(sys.calls.slice(begun).filter(changesVolume)).toEqual([])
    await shelf.reopen()
    expect(await trash()).toBe(trashName)
    expect(await restore()).toMatchObject(lab)
  })

  test('leaves no sidecar when a newer command overtakes it', async () => {
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path === place) sys.die()
    }
    await expect(trash()).rejects.toThrow('killed')
    await shelf.reopen()
    await orders.move(shelf.store, { epoch: 1, opSeq: 2 })
    expect((await shelf.tree()).filter((line) => line.includes('trash/'))).toEqual([])
  })

  test('cannot be uploaded or ended any more', async () => {
    await trash()
    await refused('SEAL_BEGUN', () => stageVersion(shelf.store, other, lab.imageId))
    expect(await shelf.store.endUpload(other, 'ABORTED', { epoch: 1, opSeq: 9 })).toBe('SEALED')
  })

  test('although its manifest cannot be read goes there as it is', async () => {
    await shelf.reopen({ meanwhile: () => rm(at(place, 'version.json')) })
    expect(shelf.store.copies()).toEqual([{ versionId: other, imageId: lab.imageId }])
    expect(await trash()).toBe(trashName)
    await refused('VERSION_DAMAGED', () => restore())
  })
})

describe('trash is refused', () => {
  test('for what image.json names as the primary, until it is published that it is not', async () => {
    const order = { epoch: 1, opSeq: 1 }
    await refused('VERSION_IN_USE', () => orders.trash(shelf.store, order, primary))
    await publishPrimary(shelf.store, 2, other)
    await refused('VERSION_IN_USE', () => trash())
    await orders.trash(shelf.store, order, primary)
    expect(await readlink(at('primary/images', lab.imageId))).toContain(other)
  })

  test('at its repeat, when the version has become the primary since it was cut off', async () => {
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path === place) sys.die()
    }
    await expect(trash()).rejects.toThrow('killed')
    await shelf.reopen()
    await publishPrimary(shelf.store, 2, other)
    await expect(trash()).rejects.toMatchObject({ reason: 'VERSION_IN_USE' })
    expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
    expect(await readlink(at('primary/images', lab.imageId))).toContain(other)
    await publishPrimary(shelf.store, 3, primary)
    expect(await trash()).toBe(trashName)
  })

  test('while the image.json that may name the version cannot be read', async () => {
    await writeFile(at('images', lab.imageId, 'image.json'), '{"format":2}')
    await refused('DOCUMENT_UNREADABLE', () => trash())
  })

  test('for an upload, for what was purged, and for what never was', async () => {
    await refused('VERSION_NOT_FOUND', () => orders.trash(shelf.store, { epoch: 1, opSeq: 1 }, fresh))
    await stageVersion(shelf.store, fresh, lab.imageId)
    await refused('VERSION_NOT_SEALED', () => orders.trash(shelf.store, { epoch: 1, opSeq: 1 }, fresh))
    await trash()
    await orders.purge(shelf.store, { epoch: 1, opSeq: 2 })
    await refused('VERSION_GONE', () => trash(3))
    await refused('VERSION_GONE', () => restore(3))
  })
})

test('a read that falls between a rename and its answer waits, and finds the version where it is then', async () => {
  let answer = (): void => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  const renameThatWaits: typeof directSyscalls.rename = async (from, to) => {
    await directSyscalls.rename(from, to)
    if (to.endsWith(trashName)) await answered
  }
  await shelf.reopen({ sys: { ...directSyscalls, rename: renameThatWaits } })
  const trashing = trash()
  await waitUntil(() => existsSync(at('trash', trashName)), { what: 'the directory is in the trash' })
  let read = 'waits'
  const reading = readAll(shelf.store, other).finally(() => (read = 'has ended'))
  // These system calls are made at once: after a few turns the read is as far as it comes.
  for (let turn = 0; turn < 50; turn += 1) await setImmediate()
  expect(read).toBe('waits')
  answer()
  expect(await reading).toEqual(bytesIn(other))
  await trashing
})

describe('restore', () => {
  test('of a version that is in its place is answered as done, and makes late ones late', async () => {
    const before = await shelf.tree()
    expect(await restore(5)).toMatchObject(lab)
    await expect(trash(4)).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
    expect(await shelf.tree()).toEqual(before)
  })

  test('is refused over anything that stands in its place, also over an empty directory', async () => {
    await trash()
    await mkdir(at(place))
    await refused('PLACE_TAKEN', () => restore())
    await rm(at(place), { recursive: true })
    await restore()
  })

  test('takes what was put back by hand for the version, and keeps the copy in the trash', async () => {
    await trash()
    await rename(at('trash', trashName), at(place))
    expect(await restore()).toMatchObject(lab)
    expect(await readAll(shelf.store, other, second)).toEqual(bytesIn(other))
  })

  test('is refused into a directory that is another image by now', async () => {
    await trash()
    const belonging = { ...lab, imageUid: office.imageUid }
    await refused('STALE_COMMAND', () =>
      shelf.store.restore({ versionId: other, epoch: 1, opSeq: 2, ...belonging }),
    )
  })

  test('wants a name when the trash has two directories of the version', async () => {
    await trash()
    const twin = `${other}@20261202T000000Z`
    await shelf.reopen({
      meanwhile: async () => {
        await mkdir(at('trash', twin))
        await writeFile(
          at('trash', twin, 'version.json'),
          await readFile(at('trash', trashName, 'version.json')),
        )
      },
    })
    await refused('AMBIGUOUS_REFERENCE', () => restore())
    const order = { versionId: other, epoch: 1, opSeq: 2, ...lab, trashName: trashName as never }
    expect(await shelf.store.restore(order)).toMatchObject(lab)
    expect(shelf.store.trashed().map(({ name }) => name)).toEqual([twin])
  })
})
