import { describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { orders, trashName } from './orders.js'
import { sha256 as sha256Of } from '../support/bytes.js'
import { bytesIn, lab, office, other, primary, publishPrimary, readAll, useShelf } from './shelf.js'

const shelf = useShelf()
const at = (...path: string[]): string => join(shelf.volume, ...path)
const placeIn = (imageId: string): string => at('images', imageId, 'versions', other)

async function copyTo(to: string, from: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to, { recursive: true, preserveTimestamps: true })
}

describe('a version that was moved', () => {
  test('is of the image to which it was moved, also for the next owner', async () => {
    await orders.move(shelf.store, { epoch: 1, opSeq: 1 })
    await shelf.reopen()
    expect(shelf.store.findVersion(other)).toMatchObject(office)
  })

  test.each([
    [office.imageId, lab.imageId],
    [lab.imageId, office.imageId],
  ])('counts where it was put last, %s, when a copy lies in %s as well', async (wanted, copied) => {
    await orders.move(shelf.store, { epoch: 1, opSeq: 1 })
    if (wanted === lab.imageId) await shelf.store.move({ versionId: other, epoch: 1, opSeq: 2, ...lab })
    await shelf.reopen({ meanwhile: () => copyTo(placeIn(copied), placeIn(wanted)) })
    expect(shelf.store.findVersion(other)?.imageId).toBe(wanted)
    expect(shelf.store.troubles()).toEqual([
      `version ${other} is in the directory of image ${copied} as well; both are kept`,
    ])
  })
})

test.each([
  ['gone', (link: string) => rm(link)],
  [
    'that of another version',
    async (link: string) => {
      await rm(link)
      await symlink(`../../images/${lab.imageId}/versions/${other}`, link)
    },
  ],
])('a link that is %s is set again by the next start', async (_what, spoil) => {
  const link = at('primary', 'images', lab.imageId)
  await shelf.reopen({ meanwhile: () => spoil(link) })
  expect(await readlink(link)).toBe(`../../images/${lab.imageId}/versions/${primary}`)
})

describe('the trash', () => {
  test('of which a copy under purge lies beside the directory gives the version back', async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    await shelf.reopen({
      meanwhile: () => copyTo(at('trash', `.purging-${trashName}`), at('trash', trashName)),
    })
    expect(shelf.store.trashed().map(({ isPurging }) => isPurging)).toEqual([false])
    await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
    await readAll(shelf.store, other)
  })

  test('that holds a version twice gives the one that was put there last', async () => {
    await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
    const later = trashName.replace('20261201', '20261202')
    await shelf.reopen({ meanwhile: () => copyTo(at('trash', later), at('trash', trashName)) })
    expect(await orders.trash(shelf.store, { epoch: 1, opSeq: 2 })).toBe(later)
  })
})

describe('an image.json', () => {
  test('of another image is kept, told, and counts for nothing', async () => {
    const file = at('images', office.imageId, 'image.json')
    await shelf.reopen({ meanwhile: () => copyTo(file, at('images', lab.imageId, 'image.json')) })
    expect(shelf.store.troubles()).toEqual([expect.stringMatching(/^image\.json of image office cannot be/)])
    expect(existsSync(at('primary', 'images', office.imageId))).toBe(false)
  })

  test('that is a link is not read through it', async () => {
    const file = at('images', lab.imageId, 'image.json')
    const away = `${shelf.volume}-image.json`
    const meanwhile = async (): Promise<void> => {
      await rename(file, away)
      await symlink(away, file)
    }
    await shelf.reopen({ meanwhile })
    expect(shelf.store.publications()).toEqual([])
    await expect(publishPrimary(shelf.store, 2, other)).rejects.toThrow()
    expect(await readFile(away, 'utf8')).toMatch(/"generation": ?1,/)
  })

  test('of a deleted image lets go the version that was its primary', async () => {
    await publishPrimary(shelf.store, 2, primary, { deleted_at: '2026-12-01T00:00:00.000Z' })
    expect(await orders.trash(shelf.store, { epoch: 1, opSeq: 1 }, primary)).toContain(primary)
  })

  test('is written also when the last run left half a file beside it', async () => {
    await writeFile(at('images', lab.imageId, '.image.json.new'), 'half')
    expect(await publishPrimary(shelf.store, 2, other)).toBe(2)
  })
})

test('what a link in the place of an image’s versions leads to is nobody’s', async () => {
  const versions = at('images', lab.imageId, 'versions')
  const away = `${shelf.volume}-versions`
  const meanwhile = async (): Promise<void> => {
    await rename(versions, away)
    await symlink(away, versions)
  }
  await shelf.reopen({ meanwhile })
  expect(shelf.store.versions()).toEqual([])
  await expect(orders.trash(shelf.store, { epoch: 1, opSeq: 1 })).rejects.toThrow()
  expect(existsSync(join(away, other, 'version.json'))).toBe(true)
})

test('an upload that was sealed long ago is shown with the digests of its files', async () => {
  const { files } = await shelf.store.view(other)
  expect(files.map(({ sha256 }) => sha256)).toEqual(files.map(() => sha256Of(bytesIn(other))))
  expect(files).toHaveLength(2)
})

describe('under a running store', () => {
  test('a manifest that is another one is not given out', async () => {
    const manifest = join(placeIn(lab.imageId), 'version.json')
    const bytes = await readFile(manifest)
    await rm(manifest)
    await writeFile(manifest, `${bytes.toString()} `)
    await expect(shelf.store.readManifest(other)).rejects.toMatchObject({ reason: 'VERSION_DAMAGED' })
  })

  test('a version whose directory is gone is not found, and not told as damaged', async () => {
    await rename(placeIn(lab.imageId), `${shelf.volume}-gone`)
    await expect(shelf.store.readManifest(other)).rejects.toMatchObject({ reason: 'VERSION_NOT_FOUND' })
  })

  test('the directories of links and of the trash are made again when they are gone', async () => {
    await rm(at('primary'), { recursive: true })
    await rm(at('trash'), { recursive: true })
    await publishPrimary(shelf.store, 2, other)
    expect(existsSync(at('primary', 'images', lab.imageId, 'version.json'))).toBe(true)
    expect(await orders.trash(shelf.store, { epoch: 1, opSeq: 1 }, primary)).toContain(primary)
    expect(existsSync(at('trash', `${primary}@20261201T093000Z.json`))).toBe(true)
  })
})
