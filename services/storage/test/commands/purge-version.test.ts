// one file because every test follows one version in the trash to its end, by the same few steps
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { directSyscalls } from '../support/direct-syscalls.js'
import { changesVolume, errno, watchSyscalls, type WatchedSyscalls } from '../support/watched-syscalls.js'
import { orders, trashName } from './orders.js'
import { expectRefusal } from './refused.js'
import {
  bytesIn,
  first,
  fresh,
  lab,
  makeShelves,
  other,
  primary,
  readAll,
  second,
  stageVersion,
  type Shelf,
} from './shelf.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
let sys: WatchedSyscalls
/** The volume without the version that is purged. */
let without: string[]

beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())
beforeEach(async () => {
  sys = watchSyscalls(directSyscalls)
  shelf = await shelves.shelf(sys)
  without = (await shelf.tree()).filter((line) => !line.includes(other))
  await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
})
afterEach(() => shelf.close())

const inTrash = (...parts: string[]): string => join(shelf.volume, 'trash', trashName, ...parts)
const purge = (opSeq = 2) => orders.purge(shelf.store, { epoch: 1, opSeq })
const purging = `trash/.purging-${trashName}`
const nothing = { kept: [], keptCount: 0 }
/** The last call that changed something. */
const lastCall = () => sys.calls.findLast(changesVolume)

describe('a purge', () => {
  test('removes the version with its sidecar, and nothing else', async () => {
    expect(await purge()).toEqual(nothing)
    expect(await shelf.tree()).toEqual(without)
    expect(await purge()).toEqual(nothing)
    await shelf.reopen()
    expect(await purge()).toEqual(nothing)
    expect(shelf.store.trashed()).toEqual([])
  })

  test('unlinks nothing before its rename is synced', async () => {
    const begun = sys.calls.length
    await purge()
    const calls = sys.calls.slice(begun)
    const renamed = calls.findIndex(({ name, to }) => name === 'rename' && to === purging)
    const synced = calls.findIndex(
      ({ name, path }, at) => at > renamed && name === 'fsync' && path === 'trash',
    )
    const unlinked = calls.findIndex(({ name, path }) => name === 'unlink' && path.startsWith(purging))
    expect(renamed).toBeGreaterThanOrEqual(0)
    expect(synced).toBeGreaterThan(renamed)
    expect(unlinked).toBeGreaterThan(synced)
  })

  test('unlinks the manifest last, which says what the other files are', async () => {
    await purge()
    const unlinked = sys.calls.filter(({ name, path }) => name === 'unlink' && path.startsWith(purging))
    const paths = unlinked.map(({ path }) => path.slice(purging.length + 1))
    expect(paths).toEqual(expect.arrayContaining([first, second, 'schema', 'SHA256SUMS']))
    expect(paths.at(-1)).toBe('version.json')
  })

  test('takes litter along, and keeps and tells what nobody knows', async () => {
    await writeFile(inTrash('Thumbs.db'), 'litter')
    await writeFile(inTrash('hd0/.DS_Store'), 'litter')
    await writeFile(inTrash('hd0/notes.txt'), 'someone wrote this')
    await mkdir(inTrash('hd1'))
    await symlink('/etc', inTrash('link'))
    const answer = { kept: ['hd0/notes.txt', 'hd1', 'link'], keptCount: 3, keptIn: purging }
    expect(await purge()).toEqual(answer)
    expect(shelf.store.trashed()).toMatchObject([{ name: trashName, isPurging: true }])
    expect((await shelf.tree()).filter((line) => line.includes(other))).toEqual([
      `directory ${purging}`,
      `directory ${purging}/hd0`,
      `directory ${purging}/hd1`,
      expect.stringMatching(/^file .*\/hd0\/notes\.txt 18 /),
      expect.stringContaining(`${trashName}.json`),
      `link ${purging}/link -> /etc`,
    ])
    await expectRefusal(shelf, 'VERSION_GONE', () => orders.restore(shelf.store, { epoch: 1, opSeq: 3 }))
    await shelf.reopen()
    expect(await purge()).toEqual(answer)
    await expect(readAll(shelf.store, other)).rejects.toMatchObject({ reason: 'VERSION_GONE' })
  })

  test('leaves an id under which nothing is uploaded any more', async () => {
    await purge()
    const again = () => stageVersion(shelf.store, other, lab.imageId)
    await expect(again()).rejects.toMatchObject({ reason: 'VERSION_GONE' })
    await shelf.reopen()
    await expect(again()).rejects.toMatchObject({ reason: 'VERSION_GONE' })
  })

  test('follows no link that stands where a directory of the version was', async () => {
    await rename(inTrash('hd0'), join(shelf.volume, 'moved'))
    await symlink('../../moved', inTrash('hd0'))
    expect(await purge()).toMatchObject({ kept: ['hd0'] })
    expect((await shelf.tree()).filter((line) => line.startsWith('file moved/'))).toHaveLength(2)
  })

  test('waits for what is open over NFS, and is ended by its repeat', async () => {
    await writeFile(inTrash('hd0/.nfs000000000001'), 'still open elsewhere')
    sys.interfere = ({ name, path }) => {
      if (name === 'unlink' && path.includes('.nfs')) throw errno('EBUSY')
    }
    await expect(purge()).rejects.toMatchObject({ reason: 'VERSION_IN_USE' })
    sys.interfere = () => {}
    expect(await purge()).toEqual(nothing)
    expect(await shelf.tree()).toEqual(without)
  })

  test('that was cut off after its rename is ended by the next start', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'unlink' && path.endsWith(second)) sys.die()
    }
    await expect(purge()).rejects.toThrow('killed')
    await shelf.reopen()
    await waitUntil(() => shelf.store.trashed().length === 0, { what: 'the purge is ended' })
    expect(await shelf.tree()).toEqual(without)
    expect(await purge()).toEqual(nothing)
  })

  test('that is under way when storage stops ends between two files, and the next start goes on with it', async () => {
    let stopping: Promise<unknown> | undefined
    sys.interfere = ({ name, path }) => {
      if (name === 'unlink' && path === `${purging}/${first}`) stopping = shelf.reopen()
    }
    await expect(purge()).rejects.toMatchObject({ reason: 'SHUTTING_DOWN' })
    await stopping
    expect(sys.calls.some(({ name, path }) => name === 'unlink' && path === `${purging}/${second}`)).toBe(
      false,
    )
    await waitUntil(() => shelf.store.trashed().length === 0, { what: 'the purge is ended' })
    expect(await shelf.tree()).toEqual(without)
  })

  test('that was cut off before its rename was synced syncs it before it unlinks anything', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path === 'trash' && lastCall()?.to === purging) sys.die()
    }
    await expect(purge()).rejects.toThrow('killed')
    const next = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys: next })
    await waitUntil(() => shelf.store.trashed().length === 0, { what: 'the purge is ended' })
    const unlinked = next.calls.findIndex(({ name, path }) => name === 'unlink' && path.startsWith(purging))
    const synced = next.calls.findIndex(({ name, path }) => name === 'fsync' && path === 'trash')
    expect(synced).toBeGreaterThanOrEqual(0)
    expect(unlinked).toBeGreaterThan(synced)
  })

  test('that was cut off before its rename is left for its repeat', async () => {
    sys.interfere = ({ name, to }) => {
      if (name === 'rename' && to === purging) sys.die()
    }
    await expect(purge()).rejects.toThrow('killed')
    await shelf.reopen()
    expect(shelf.store.trashed()).toMatchObject([{ isPurging: false }])
    await expect(readAll(shelf.store, other)).rejects.toMatchObject({ reason: 'VERSION_GONE' })
    expect(await purge()).toEqual(nothing)
    expect(await shelf.tree()).toEqual(without)
  })

  test('of what is nowhere is answered as done', async () => {
    await rm(inTrash(), { recursive: true })
    await shelf.reopen()
    expect(await purge()).toEqual(nothing)
  })

  test('of the copy in the trash leaves the version that is back in its place', async () => {
    const place = join(shelf.volume, 'images', lab.imageId, 'versions', other)
    await shelf.reopen({ meanwhile: () => cp(inTrash(), place, { recursive: true }) })
    expect(await purge()).toEqual(nothing)
    expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
  })

  test('of a version leaves the bytes that its clone shares', async () => {
    await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
    await orders.clone(shelf.store, { epoch: 1, opSeq: 1 }, fresh, other)
    await orders.trash(shelf.store, { epoch: 1, opSeq: 3 })
    await purge(4)
    expect(await readAll(shelf.store, fresh)).toEqual(bytesIn(other))
  })

  test('of which the manifest cannot be read wants the files to be named', async () => {
    await shelf.reopen({ meanwhile: () => rm(inTrash('version.json')) })
    await expectRefusal(shelf, 'VERSION_DAMAGED', () => purge())
    const order = { versionId: other, epoch: 1, opSeq: 2 }
    expect(await shelf.store.purge({ ...order, paths: [first, second] })).toEqual(nothing)
    expect(await shelf.tree()).toEqual(without)
  })
})

describe('a purge is refused', () => {
  test('for what does not lie in the trash, also when its manifest cannot be read', async () => {
    const ofPrimary = (opSeq: number) => orders.purge(shelf.store, { epoch: 1, opSeq }, primary)
    await expectRefusal(shelf, 'VERSION_IN_USE', () => ofPrimary(1))
    const manifest = join(shelf.volume, 'images', lab.imageId, 'versions', primary, 'version.json')
    await shelf.reopen({ meanwhile: () => rm(manifest) })
    await expectRefusal(shelf, 'VERSION_IN_USE', () => ofPrimary(2))
  })
})

test('a purge of a version whose upload cannot be read is refused, and not answered as done', async () => {
  await stageVersion(shelf.store, fresh, lab.imageId)
  const journal = join(shelf.volume, 'staging', fresh, 'journal')
  await shelf.reopen({
    meanwhile: async () => {
      await rm(journal)
      await mkdir(journal)
    },
  })
  await expectRefusal(shelf, 'IO_ERROR', () => orders.purge(shelf.store, { epoch: 1, opSeq: 1 }, fresh))
})

test('a start purges no other directory of the version than the one that was ordered', async () => {
  sys.interfere = ({ name, to }) => {
    if (name === 'rename' && to === purging) sys.die()
  }
  await expect(purge()).rejects.toThrow('killed')
  const stray = join(shelf.volume, 'trash', `.purging-${other}@20261202T000000Z`)
  await shelf.reopen({ meanwhile: () => cp(inTrash(), stray, { recursive: true }) })
  const before = await shelf.tree()
  await shelf.reopen()
  expect(await shelf.tree()).toEqual(before)
  expect(before).toContainEqual(expect.stringContaining(`${stray.slice(shelf.volume.length + 1)}/${first} `))
})

test('what no command has begun to purge is left as it is, whatever it is called', async () => {
  const stray = join(shelf.volume, purging)
  await shelf.reopen({ meanwhile: () => rename(inTrash(), stray) })
  const before = await shelf.tree()
  await shelf.reopen()
  expect(await shelf.tree()).toEqual(before)
  expect(shelf.store.trashed()).toMatchObject([{ isPurging: true }])
})
