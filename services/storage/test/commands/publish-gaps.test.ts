import { describe, expect, test } from '@jest/globals'
import { formatImageDocument, parseImageDocument } from '@goldkeep/volume'
import { readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { directSyscalls } from '../support/direct-syscalls.js'
import { watchSyscalls } from '../support/watched-syscalls.js'
import { expectRefusal } from './refused.js'
import { fresh, lab, useShelf, office, other, primary, publishPrimary } from './shelf.js'

const shelf = useShelf()

const file = (): string => join(shelf.volume, 'images', lab.imageId, 'image.json')
const link = (): Promise<string> => readlink(join(shelf.volume, 'primary/images', lab.imageId))
const publish = (
  ...order: Parameters<typeof publishPrimary> extends [unknown, ...infer Rest] ? Rest : never
) => publishPrimary(shelf.store, ...order)
const refused = (reason: string, call: () => Promise<unknown>) => expectRefusal(shelf, reason, call)

describe('an image.json that cannot be read', () => {
  const contents: readonly [string, string][] = [
    ['is not JSON', '{"format": 1,'],
    ['is of a newer format', '{"format": 2, "image": "win11-lab"}'],
    ['lacks a field', '{"format": 1, "image": "win11-lab"}'],
  ]
  test.each(contents)('since it %s is never written over, also after a restart', async (_why, text) => {
    const before = await link()
    await writeFile(file(), text)
    await refused('DOCUMENT_UNREADABLE', () => publish(2, other))
    await shelf.reopen()
    await refused('DOCUMENT_UNREADABLE', () => publish(2, other))
    expect(await link()).toBe(before)
  })

  test('since it is another image’s moves no link, and is never written over', async () => {
    const document = parseImageDocument(await readFile(file()))
    const copied = formatImageDocument({ ...document, image: office.imageId })
    await shelf.reopen({ meanwhile: () => writeFile(file(), copied) })
    await refused('DOCUMENT_UNREADABLE', () => publish(2, other))
    expect(await link()).toContain(primary)
  })

  test('can be put right while storage runs', async () => {
    const good = await readFile(file())
    await writeFile(file(), 'nonsense')
    await refused('DOCUMENT_UNREADABLE', () => publish(2, other))
    await writeFile(file(), good)
    expect(await publish(2, other)).toBe(2)
  })
})

test('the link stays while the primary’s bytes are not here, and goes when they are on other volumes only', async () => {
  await publish(2, fresh)
  expect(await link()).toContain(primary)
  await publish(3, fresh, {}, true)
  await expect(link()).rejects.toMatchObject({ code: 'ENOENT' })
  await publish(4, other, {}, true)
  expect(await link()).toContain(other)
})

test('an image.json that is lost is written again, and an older one is not taken for it', async () => {
  await publish(3, other)
  const written = await readFile(file())
  await rm(file())
  await refused('STALE_COMMAND', () => publish(2, primary))
  expect(await publish(3, other)).toBe(3)
  expect(await readFile(file())).toEqual(written)
})

test('a publication that is repeated is answered when its directories are synced', async () => {
  await publish(3, other)
  const sys = watchSyscalls(directSyscalls)
  await shelf.reopen({ sys })
  sys.calls.splice(0)
  await publish(3, other)
  const synced = sys.calls.filter(({ name }) => name === 'fsync').map(({ path }) => path)
  expect(synced).toEqual([`images/${lab.imageId}`, 'primary/images'])
})

describe('an image’s id that is used again', () => {
  const next = { uid: office.imageUid }
  const deleted_at = '2026-12-01T00:00:00Z'

  test('is refused until the former image is published as deleted', async () => {
    await refused('STALE_COMMAND', () => publish(99, null, next))
  })

  test('begins its generations anew after the tombstone, and not in an older epoch', async () => {
    await publish(9, null, { epoch: 2, deleted_at })
    await refused('STALE_COMMAND', () => publish(1, null, { ...next, epoch: 1 }))
    expect(await publish(1, null, { ...next, epoch: 2 })).toBe(1)
    expect(await publish(2, null, { ...next, epoch: 2 })).toBe(2)
    await refused('STALE_COMMAND', () => publish(1, null, { ...next, epoch: 2 }))
  })

  test('is never the former image’s again, whatever of that comes late', async () => {
    await publish(9, null, { deleted_at })
    await publish(1, null, next)
    await refused('STALE_COMMAND', () => publish(10, primary))
    await publish(2, null, { ...next, deleted_at })
    await shelf.reopen()
    await refused('STALE_COMMAND', () => publish(11, primary))
    await refused('STALE_COMMAND', () => publish(12, null, { epoch: 9, deleted_at }))
  })
})
