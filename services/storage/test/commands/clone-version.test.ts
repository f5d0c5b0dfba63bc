import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { parseManifest } from '@goldkeep/volume'
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { directSyscalls } from '../support/direct-syscalls.js'
import { errno, watchSyscalls, type WatchedSyscalls } from '../support/watched-syscalls.js'
import { orders, time } from './orders.js'
import { expectRefusal } from './refused.js'
import {
  bytesIn,
  first,
  fresh,
  lab,
  makeShelves,
  office,
  other,
  primary,
  readAll,
  second,
  type Shelf,
} from './shelf.js'

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

const clone = (opSeq = 1) => orders.clone(shelf.store, { epoch: 1, opSeq })
const place = (): string => join(shelf.volume, 'images', office.imageId, 'versions', fresh)
const source = (...parts: string[]): string =>
  join(shelf.volume, 'images', lab.imageId, 'versions', primary, ...parts)
const leftovers = async () => (await shelf.tree()).filter((line) => line.includes(fresh))

describe('a clone', () => {
  test('is a version of its own with the same bytes, whose sums sha256sum finds right', async () => {
    const before = await shelf.tree()
    expect(await clone()).toMatchObject({ versionId: fresh, ...office })
    await promisify(execFile)('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], { cwd: place() })
    const [original, manifest] = await Promise.all(
      [primary, fresh].map(async (id) => parseManifest(await shelf.store.readManifest(id))),
    )
    expect(manifest).toEqual({
      ...original,
      version: fresh,
      image: office.imageId,
      uid: office.imageUid,
      sealed: expect.any(String),
      cloned_from: { version: primary, image: lab.imageId, uid: lab.imageUid, time, by: 'user alice' },
    })
    expect((await shelf.tree()).filter((line) => before.includes(line))).toEqual(before)
  })

  test('takes no room for its files, and is read-only as its source is', async () => {
    await clone()
    const [of, from] = await Promise.all([stat(join(place(), first)), stat(source(first))])
    expect(of.ino).toBe(from.ino)
    const manifest = await stat(join(place(), 'version.json'))
    expect(manifest.mode & 0o777).toBe(0o444)
    expect(manifest.ino).not.toBe((await stat(source('version.json'))).ino)
  })

  test('is answered again when it is repeated, also after a restart and with a newer command', async () => {
    const answer = await clone()
    const before = await shelf.tree()
    expect(await clone()).toEqual(answer)
    await shelf.reopen()
    expect(await clone()).toEqual(answer)
    expect(await clone(2)).toEqual(answer)
    expect(await shelf.tree()).toEqual(before)
  })

  test('that was cut off leaves nothing that counts, and the next start cleans up', async () => {
    const before = await shelf.tree()
    sys.interfere = ({ name, to }) => {
      if (name === 'rename' && to?.endsWith(`versions/${fresh}`)) sys.die()
    }
    await expect(clone()).rejects.toThrow('killed')
    expect(await leftovers()).not.toEqual([])
    await shelf.reopen()
    expect(shelf.store.findVersion(fresh)).toBeUndefined()
    expect(await leftovers()).toEqual([])
    expect((await shelf.tree()).filter((line) => !line.includes(office.imageId))).toEqual(before)
    await clone()
    expect(await readAll(shelf.store, fresh)).toEqual(bytesIn(primary))
  })

  test('of which the rename had been done is one after the next start, and its repeat says so', async () => {
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path.endsWith(`${office.imageId}/versions`) && renamed()) sys.die()
    }
    const renamed = () => sys.calls.some(({ to }) => to?.endsWith(`versions/${fresh}`))
    await expect(clone()).rejects.toThrow('killed')
    const next = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys: next })
    expect(shelf.store.findVersion(fresh)).toBeDefined()
    const synced = next.calls.filter(({ name }) => name === 'fsync').map(({ path }) => path)
    expect(synced).toContain(`images/${office.imageId}/versions`)
    expect(await clone()).toMatchObject({ versionId: fresh })
  })
})

describe('a clone that fails on its way', () => {
  const failing = (atLink: () => void) => {
    sys.interfere = ({ name, path }) => {
      if (name === 'link' && path.endsWith(second)) atLink()
    }
    return clone()
  }

  test('leaves nothing behind, and can be repeated', async () => {
    const full = () => {
      throw errno('ENOSPC', 'link')
    }
    await expect(failing(full)).rejects.toMatchObject({ reason: 'NO_SPACE' })
    expect(await leftovers()).toEqual([])
    sys.interfere = () => {}
    await clone()
    expect(await readAll(shelf.store, fresh, second)).toEqual(bytesIn(primary))
  })

  test.each([
    ['another file', () => writeFileSync(source(second), 'not the one that was sealed')],
    ['a link to another file', () => symlinkSync('../version.json', source(second))],
    ['a directory', () => mkdirSync(source(second))],
  ])('since %s is in the place of a file by now makes no version of it', async (_what, put) => {
    const replace = (): void => {
      rmSync(source(second))
      put()
    }
    await expect(failing(replace)).rejects.toBeInstanceOf(DomainError)
    expect(await leftovers()).toEqual([])
    expect(shelf.store.findVersion(fresh)).toBeUndefined()
  })
})

describe('a clone is refused', () => {
  test('in whose place a directory appeared while it was made, though that is empty', async () => {
    sys.interfere = ({ name }) => {
      if (name === 'link') mkdirSync(place(), { recursive: true })
    }
    await expect(clone()).rejects.toMatchObject({ reason: 'PLACE_TAKEN' })
    expect(await leftovers()).toEqual([`directory images/${office.imageId}/versions/${fresh}`])
  })

  const refused = (reason: string) => expectRefusal(shelf, reason, () => clone())

  test('of a version of which a file is not as long as its manifest says', async () => {
    await chmod(source(first), 0o644)
    await truncate(source(first), 100)
    await refused('VERSION_DAMAGED')
  })

  test('of what is in the trash, purged, or unknown', async () => {
    const ofOther = () => orders.clone(shelf.store, { epoch: 1, opSeq: 1 }, fresh, other)
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await expectRefusal(shelf, 'VERSION_NOT_SEALED', ofOther)
    await orders.purge(shelf.store, { epoch: 1, opSeq: 2 })
    await expectRefusal(shelf, 'VERSION_GONE', ofOther)
  })

  test('under the id of another version, wherever that is', async () => {
    const asOther = () => orders.clone(shelf.store, { epoch: 1, opSeq: 8 }, other, primary)
    await expectRefusal(shelf, 'PLACE_TAKEN', asOther)
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await expectRefusal(shelf, 'PLACE_TAKEN', asOther)
    await orders.purge(shelf.store, { epoch: 1, opSeq: 2 })
    await expectRefusal(shelf, 'PLACE_TAKEN', asOther)
  })

  test('into what is another image by now', async () => {
    const elsewhere = { imageId: lab.imageId, imageUid: office.imageUid }
    const order = { versionId: fresh, source: primary, epoch: 1, opSeq: 1, time }
    await expectRefusal(shelf, 'STALE_COMMAND', () => shelf.store.clone({ ...order, ...elsewhere }))
  })

  test('into a place where a directory stands, which is kept', async () => {
    await mkdir(place(), { recursive: true })
    await writeFile(join(place(), 'notes.txt'), 'someone wrote this')
    await refused('PLACE_TAKEN')
  })
})
