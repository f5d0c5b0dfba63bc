import { describe, expect, test } from '@jest/globals'
import { cp, mkdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { directSyscalls } from '../support/direct-syscalls.js'
import { errno, watchSyscalls } from '../support/watched-syscalls.js'
import { orders } from './orders.js'
import { expectRefusal } from './refused.js'
import { bytesIn, fresh, lab, useShelf, office, other, primary, publishPrimary, readAll } from './shelf.js'

const shelf = useShelf()

const move = (opSeq = 1) => orders.move(shelf.store, { epoch: 1, opSeq })
const back = (opSeq: number) => shelf.store.move({ versionId: other, epoch: 1, opSeq, ...lab })
const placeIn = (imageId: string): string => `images/${imageId}/versions/${other}`
const refused = (reason: string, call: () => Promise<unknown>) => expectRefusal(shelf, reason, call)

describe('a version that is moved', () => {
  test('is in the other image byte for byte, its manifest included', async () => {
    const before = await shelf.tree()
    expect(await move()).toMatchObject({ versionId: other, ...office })
    const moved = before.map((line) => line.replace(placeIn(lab.imageId), placeIn(office.imageId)))
    const made = ['directory images/office', 'directory images/office/versions']
    expect(await shelf.tree()).toEqual([...moved, ...made].sort())
    expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
  })

  test('is the other image’s after a restart too, and through the trash and back', async () => {
    await move()
    await shelf.reopen()
    expect(shelf.store.findVersion(other)).toMatchObject(office)
    await orders.trash(shelf.store, { epoch: 1, opSeq: 2 })
    await shelf.reopen()
    expect(shelf.store.trashed()).toMatchObject([office])
    await shelf.store.restore({ versionId: other, epoch: 1, opSeq: 3, ...office })
    await shelf.reopen()
    expect(shelf.store.findVersion(other)).toMatchObject(office)
  })

  test('and moved back is where it was', async () => {
    const { imageId, imageUid, manifestDigest } = shelf.store.findVersion(other) ?? {}
    await move()
    expect(await back(2)).toMatchObject({ imageId, imageUid, manifestDigest })
    await shelf.reopen()
    expect(shelf.store.findVersion(other)).toMatchObject({ imageId, imageUid })
  })
})

describe('a move keeps the primary link what image.json says', () => {
  const link = () => readlink(join(shelf.volume, 'primary/images', lab.imageId)).catch(() => 'none')

  test('when the version comes into the image that names it', async () => {
    await move()
    await publishPrimary(shelf.store, 2, other)
    expect(await link()).toContain(primary)
    await back(2)
    expect(await link()).toContain(other)
  })

  test('when the publication that took the pointer away ended before it took the link away', async () => {
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    await publishPrimary(shelf.store, 2, other)
    sys.interfere = ({ name, path }) => {
      if (name === 'unlink' && path === `primary/images/${lab.imageId}`) throw errno('EIO')
    }
    await expect(publishPrimary(shelf.store, 3, null)).rejects.toMatchObject({ reason: 'IO_ERROR' })
    sys.interfere = () => {}
    expect(await link()).toContain(other)
    await move()
    expect(await link()).toBe('none')
  })
})

describe('a move is refused', () => {
  test('for what image.json names as the primary', async () => {
    await refused('VERSION_IN_USE', () => orders.move(shelf.store, { epoch: 1, opSeq: 1 }, primary))
    await publishPrimary(shelf.store, 2, null)
    expect(await orders.move(shelf.store, { epoch: 1, opSeq: 1 }, primary)).toMatchObject(office)
  })

  test('at its repeat, when the version has become the primary since it was cut off', async () => {
    const sys = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys })
    sys.interfere = ({ name, path }) => {
      if (name === 'rename' && path === placeIn(lab.imageId)) sys.die()
    }
    await expect(move()).rejects.toThrow('killed')
    await shelf.reopen()
    await publishPrimary(shelf.store, 2, other)
    await expect(move()).rejects.toMatchObject({ reason: 'VERSION_IN_USE' })
    expect(shelf.store.findVersion(other)).toMatchObject(lab)
    await publishPrimary(shelf.store, 3, primary)
    expect(await move()).toMatchObject(office)
  })

  test('for what is in the trash and for what is unknown', async () => {
    await refused('VERSION_NOT_FOUND', () => orders.move(shelf.store, { epoch: 1, opSeq: 1 }, fresh))
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await refused('VERSION_NOT_SEALED', () => move(2))
  })

  test('over anything that stands in its place, and into what is another image by now', async () => {
    await mkdir(join(shelf.volume, placeIn(office.imageId)), { recursive: true })
    await refused('PLACE_TAKEN', () => move())
    await move(2).catch(() => {})
    const elsewhere = { imageId: lab.imageId, imageUid: office.imageUid }
    await refused('STALE_COMMAND', () =>
      shelf.store.move({ versionId: other, epoch: 1, opSeq: 3, ...elsewhere }),
    )
  })

  test('while the image.json of either image cannot be read', async () => {
    await mkdir(join(shelf.volume, 'images', office.imageId))
    await writeFile(join(shelf.volume, 'images', office.imageId, 'image.json'), 'nonsense')
    await refused('DOCUMENT_UNREADABLE', () => move())
  })
})

describe('of two directories of one version', () => {
  const copyTo = (imageId: string) => () =>
    cp(
      join(shelf.volume, placeIn(shelf.store.findVersion(other)?.imageId ?? '')),
      join(shelf.volume, placeIn(imageId)),
      {
        recursive: true,
      },
    )

  test('the one counts where the last command put it; the other is told and kept', async () => {
    await move()
    await back(2)
    await move(3)
    await back(4)
    // By name the copy comes first.
    await shelf.reopen({ meanwhile: copyTo('a-copy') })
    expect(shelf.store.findVersion(other)).toMatchObject(lab)
    expect(shelf.store.copies()).toMatchObject([{ versionId: other, imageId: 'a-copy' }])
    const before = await shelf.tree()
    await shelf.reopen()
    expect(await shelf.tree()).toEqual(before)
  })

  test('the first by name counts when no command says', async () => {
    await shelf.reopen({ meanwhile: copyTo('a-copy') })
    expect(shelf.store.findVersion(other)).toMatchObject({ imageId: 'a-copy' })
    expect(shelf.store.copies()).toMatchObject([{ versionId: other, imageId: lab.imageId }])
  })
})
